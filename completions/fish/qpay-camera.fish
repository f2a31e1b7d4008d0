# fish completion of qpay-camera. Made from the program's own definitions by its tests: go test -update.
function __qpay_camera_at
    set -l command ''
    for word in (commandline -opc)[2..-1]
        switch "$command $word"
            case ' scan' ' restore'
                set command "$command $word"
        end
    end
    test "$command" = "$argv[1]"
end
complete -c qpay-camera -f
complete -c qpay-camera -n "__qpay_camera_at ''" -a scan -d 'lend the camera, scan, take it back'
complete -c qpay-camera -n "__qpay_camera_at ''" -a restore -d 'take the camera back that an earlier scan left behind'
complete -c qpay-camera -n "__qpay_camera_at ''" -l version -s v -d 'print the version'
complete -c qpay-camera -n "__qpay_camera_at ''" -l help -s h -d 'show help'
complete -c qpay-camera -n "__qpay_camera_at ' scan'" -l qube -x -d 'the NAME of the qube that scans and asks for the payment'
complete -c qpay-camera -n "__qpay_camera_at ' scan'" -l camera -x -d 'the camera\'s ID as in the list, sys-usb:2-1 or sys-usb:dev-video0'
complete -c qpay-camera -n "__qpay_camera_at ' scan'" -l timeout -x -d 'how many seconds (S) the qube looks for a code: 10 to 600, usually 60 (default: 0)'
complete -c qpay-camera -n "__qpay_camera_at ' scan'" -l help -s h -d 'show help'
complete -c qpay-camera -n "__qpay_camera_at ' restore'" -l wait -d 'wait for the end of a scan first, however it ends'
complete -c qpay-camera -n "__qpay_camera_at ' restore'" -l help -s h -d 'show help'

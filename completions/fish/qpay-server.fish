# fish completion of qpay-server. Made from the program's own definitions by its tests: go test -update.
function __qpay_server_at
    set -l command ''
    for word in (commandline -opc)[2..-1]
        switch "$command $word"
            case ' serve' ' setup' ' doctor' ' history' ' history show' ' unmute'
                set command "$command $word"
        end
    end
    test "$command" = "$argv[1]"
end
complete -c qpay-server -f
complete -c qpay-server -n "__qpay_server_at ''" -a serve -d 'answer one request on standard input, as qrexec starts it'
complete -c qpay-server -n "__qpay_server_at ''" -a setup -d 'tell this qube about its Lightning node and its limits'
complete -c qpay-server -n "__qpay_server_at ''" -a doctor -d 'look at each thing that must be right before this qube can pay'
complete -c qpay-server -n "__qpay_server_at ''" -a history -d 'show the payments that were asked for, newest first'
complete -c qpay-server -n "__qpay_server_at ''" -a unmute -d 'let a qube ask again that was muted in a window, or has to pause'
complete -c qpay-server -n "__qpay_server_at ''" -l version -s v -d 'print the version'
complete -c qpay-server -n "__qpay_server_at ''" -l help -s h -d 'show help'
complete -c qpay-server -n "__qpay_server_at ' serve'" -l help -s h -d 'show help'
complete -c qpay-server -n "__qpay_server_at ' setup'" -l address -x -d 'HOST:PORT of lnd\'s rpclisten (127.0.0.1:10009)'
complete -c qpay-server -n "__qpay_server_at ' setup'" -l tls-cert -r -F -d 'FILE with the node\'s certificate'
complete -c qpay-server -n "__qpay_server_at ' setup'" -l admin-macaroon -r -F -d 'FILE with a macaroon that may make others'
complete -c qpay-server -n "__qpay_server_at ' setup'" -l lndconnect -d 'read address, certificate and admin macaroon from an lndconnect:// URI on standard input'
complete -c qpay-server -n "__qpay_server_at ' setup'" -l network -x -d 'refuse a node that is not on NETWORK (what the node says)'
complete -c qpay-server -n "__qpay_server_at ' setup'" -l service -x -d 'switch the service NAME on'
complete -c qpay-server -n "__qpay_server_at ' setup'" -l no-service -x -d 'switch the service NAME off'
complete -c qpay-server -n "__qpay_server_at ' setup'" -l fee-base-sat -x -d 'SAT that a payment\'s fee may always reach (default: 10)'
complete -c qpay-server -n "__qpay_server_at ' setup'" -l fee-ppm -x -d 'a fee may reach PPM millionths of the amount, where that is more (default: 10000, 1 %)'
complete -c qpay-server -n "__qpay_server_at ' setup'" -l max-payment-sat -x -d 'offer no payment of more than SAT (default: 1000000)'
complete -c qpay-server -n "__qpay_server_at ' setup'" -l revoke -d 'delete qpay\'s macaroon, at the node and here'
complete -c qpay-server -n "__qpay_server_at ' setup'" -l help -s h -d 'show help'
complete -c qpay-server -n "__qpay_server_at ' doctor'" -l json -d 'print one JSON object'
complete -c qpay-server -n "__qpay_server_at ' doctor'" -l help -s h -d 'show help'
complete -c qpay-server -n "__qpay_server_at ' history'" -a show -d 'show all about one payment, with the proof that it was paid'
complete -c qpay-server -n "__qpay_server_at ' history'" -l qube -x -d 'what the qube NAME asked for'
complete -c qpay-server -n "__qpay_server_at ' history'" -l since -x -d 'what was asked for since TIME: 2026-01-02, 12h, 7d'
complete -c qpay-server -n "__qpay_server_at ' history'" -l state -x -d 'what is in STATE: asked approved sent paid failed unknown denied expired gone'
complete -c qpay-server -n "__qpay_server_at ' history'" -l limit -x -d 'at most N (default: 0)'
complete -c qpay-server -n "__qpay_server_at ' history'" -l json -d 'print whole records, as JSON'
complete -c qpay-server -n "__qpay_server_at ' history'" -l csv -d 'print CSV, amounts in millisatoshi'
complete -c qpay-server -n "__qpay_server_at ' history'" -l window -d 'show the newest in a window'
complete -c qpay-server -n "__qpay_server_at ' history'" -l refresh -d 'ask the node what became of open payments'
complete -c qpay-server -n "__qpay_server_at ' history'" -l help -s h -d 'show help'
complete -c qpay-server -n "__qpay_server_at ' history show'" -l json -d 'print whole records, as JSON'
complete -c qpay-server -n "__qpay_server_at ' history show'" -l help -s h -d 'show help'
complete -c qpay-server -n "__qpay_server_at ' unmute'" -l help -s h -d 'show help'

# The settings of qpay, /srv/pillar/base/qpay/init.sls in dom0. All are optional.
#
#   sudo qubesctl top.enable qpay pillar=true    once, so that dom0 reads this
#   sudo qubesctl state.apply qpay               after each change
#
# Everything is checked before anything is changed. Never write a secret here:
# what opens the wallet stays in the wallet's qube.

qpay:

  # The qubes that may ask for payments. Each gets the tag qpay-client, and
  # qpay-client is installed in its template. A qube taken off this list loses
  # the tag at the next run, also one that was tagged by hand.
  clients: []
  # clients: [personal, work]

  # Where qpay-client is installed, if not in the templates of the clients.
  # templates: [debian-12-xfce]

  # Which of the clients run the HTTP bridge, for programs that can neither call
  # qpay nor use the browser extension.
  # bridge: [personal]

  # What becomes of a call: allow, ask (dom0 asks before the wallet does) or
  # deny. The wallet has a switch of its own for each (qpay-server doctor).
  # services:
  #   Pay: allow
  #   MakeInvoice: allow
  #   LookupInvoice: allow
  #   GetInfo: allow
  #   VerifyMessage: allow
  #   SignMessage: deny
  #   Keysend: deny
  #   GetBalance: deny

  # The wallet's qube. It is made if it is not there.
  # server: lightningvm

  # Several wallets, in place of server. dom0 asks which one is meant whenever a
  # window would open; what needs no window goes to the first.
  # servers: [lightningvm, savings]

  # The wallets' template: made as a clone of source if it is not there. Nothing
  # but qpay-server is added to it. Without source: the default template.
  # server_template: qpay-template
  # source: debian-12-xfce

  # Only for a wallet that is made: its colour, its memory in MB.
  # label: black
  # memory: 400

  # What gives the wallet network: a qube, or none. Without this key it is left
  # alone, so a new wallet has the system's default.
  # netvm: sys-firewall

  # For qpay.uninstall: whether the wallet's qube is removed too, WITH ITS KEYS
  # AND ITS RECORD OF PAYMENTS, and so is its template if qpay made it.
  # uninstall:
  #   remove_server: false

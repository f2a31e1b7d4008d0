module qpay

go 1.26.0

// What the programs link. In lightningvm each has to earn its place.
require (
	github.com/BurntSushi/toml v1.6.0 // qpay-server, qpay-camera: read their configuration; depends on nothing
	github.com/btcsuite/btcd v0.25.1-0.20260310163610-1c55c7c18179 // qpay-server: the networks' parameters, for zpay32
	github.com/btcsuite/btcd/btcec/v2 v2.3.6 // qpay-server: signatures of invoices
	github.com/btcsuite/btcd/btcutil v1.1.6 // qpay-server: bech32
	github.com/btcsuite/btcd/chaincfg/chainhash v1.1.0 // qpay-server: the hash under those signatures
	github.com/gotk3/gotk3 v0.6.5-0.20251124190141-e7a9e823ca35 // qpay-dialog alone: GTK 3; depends on nothing
	github.com/lightningnetwork/lnd v0.21.2-beta // qpay-server: zpay32, since lnd pays what it decodes
	github.com/skip2/go-qrcode v0.0.0-20200617195104-da1b6568686e // qpay: QR pictures of invoices; depends on nothing
	github.com/urfave/cli/v2 v2.27.7 // command lines
	go.etcd.io/bbolt v1.4.3 // qpay-server: the journal; one file, transactions, fsync
	golang.org/x/sys v0.49.0 // qpay-server: locks on files, Landlock, seccomp; qpay-camera: its lock, and a socket without package net
	golang.org/x/term v0.47.0 // is this a terminal: qpay, and qpay-server setup
	google.golang.org/grpc v1.79.3 // qpay-server: the calls to lnd
	google.golang.org/protobuf v1.36.11 // qpay-server: their messages
)

// What the tests use besides.
require (
	github.com/godbus/dbus/v5 v5.2.4 // drives the window by AT-SPI
	github.com/rogpeppe/go-internal v1.16.0 // testscript
)

require (
	github.com/aead/chacha20 v0.0.0-20180709150244-8b13a72661da // indirect
	github.com/aead/siphash v1.0.1 // indirect
	github.com/btcsuite/btcd/btcutil/psbt v1.1.10 // indirect
	github.com/btcsuite/btcd/v2transport v1.0.1 // indirect
	github.com/btcsuite/btclog v1.0.0 // indirect
	github.com/btcsuite/btclog/v2 v2.0.1-0.20250728225537-6090e87c6c5b // indirect
	github.com/btcsuite/btcwallet v0.16.19 // indirect
	github.com/btcsuite/btcwallet/wallet/txauthor v1.3.5 // indirect
	github.com/btcsuite/btcwallet/wallet/txrules v1.2.2 // indirect
	github.com/btcsuite/btcwallet/wallet/txsizes v1.2.5 // indirect
	github.com/btcsuite/btcwallet/walletdb v1.5.1 // indirect
	github.com/btcsuite/btcwallet/wtxmgr v1.5.6 // indirect
	github.com/btcsuite/go-socks v0.0.0-20170105172521-4720035b7bfd // indirect
	github.com/btcsuite/websocket v0.0.0-20150119174127-31079b680792 // indirect
	github.com/cpuguy83/go-md2man/v2 v2.0.7 // indirect
	github.com/davecgh/go-spew v1.1.1 // indirect
	github.com/decred/dcrd/crypto/blake256 v1.1.0 // indirect
	github.com/decred/dcrd/dcrec/secp256k1/v4 v4.4.0 // indirect
	github.com/decred/dcrd/lru v1.1.2 // indirect
	github.com/kkdai/bstream v1.0.0 // indirect
	github.com/kr/text v0.2.0 // indirect
	github.com/lightninglabs/gozmq v0.0.0-20191113021534-d20a764486bf // indirect
	github.com/lightninglabs/neutrino v0.17.1 // indirect
	github.com/lightninglabs/neutrino/cache v1.1.3 // indirect
	github.com/lightningnetwork/lightning-onion v1.3.0 // indirect
	github.com/lightningnetwork/lnd/clock v1.1.1 // indirect
	github.com/lightningnetwork/lnd/fn/v2 v2.0.9 // indirect
	github.com/lightningnetwork/lnd/queue v1.2.0 // indirect
	github.com/lightningnetwork/lnd/ticker v1.1.1 // indirect
	github.com/lightningnetwork/lnd/tlv v1.3.2 // indirect
	github.com/lightningnetwork/lnd/tor v1.1.7 // indirect
	github.com/miekg/dns v1.1.43 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	github.com/russross/blackfriday/v2 v2.1.0 // indirect
	github.com/stretchr/objx v0.5.2 // indirect
	github.com/stretchr/testify v1.11.1 // indirect
	github.com/xrash/smetrics v0.0.0-20240521201337-686a1a2994c1 // indirect
	go.opentelemetry.io/otel/sdk/metric v1.40.0 // indirect
	golang.org/x/crypto v0.46.0 // indirect
	golang.org/x/exp v0.0.0-20250811191247-51f88131bc50 // indirect
	golang.org/x/net v0.48.0 // indirect
	golang.org/x/sync v0.19.0 // indirect
	golang.org/x/text v0.32.0 // indirect
	golang.org/x/tools v0.39.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20251202230838-ff82c1b0f217 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
	pgregory.net/rapid v1.2.0 // indirect
)

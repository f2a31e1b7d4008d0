#!/bin/sh
# Tells dom0 that the bridge can be switched on for qubes of this template, so
# that it can be chosen among the services in a qube's settings. It stays off
# until somebody does.
qvm-features-request supported-service.qpay-bridge=1

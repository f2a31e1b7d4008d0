{#- In the wallets' template: qpay-server, which can spend, and nothing that
talks to web pages. -#}

{%- if grains['nodename'] != 'dom0' %}

include:
  - .signing-key

"{{ slsdotpath }}-no-client":
  pkg.removed:
    - name: qpay-client

# Minimal templates lack it, and the wallet has to reach its node.
"{{ slsdotpath }}-network":
  pkg.installed:
    - install_recommends: False
    - skip_suggestions: True
    - setopt: "install_weak_deps=False"
    - pkgs:
      - qubes-core-agent-networking

"{{ slsdotpath }}-server":
  pkg.installed:
    - install_recommends: False
    - skip_suggestions: True
    - setopt: "install_weak_deps=False"
    - sources:
      - qpay-server: salt://qpay/files/packages/qpay-server.{{ 'deb' if grains['os_family'] == 'Debian' else 'rpm' }}
    - require:
      - sls: qpay.signing-key

{%- endif %}

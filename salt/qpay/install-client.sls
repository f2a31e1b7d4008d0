{#- In a template of clients: qpay-client, and what it uses to read invoices
from pictures and from the clipboard. -#}

{%- if grains['nodename'] != 'dom0' %}

include:
  - .signing-key

"{{ slsdotpath }}-helpers":
  pkg.installed:
    - install_recommends: False
    - skip_suggestions: True
    - setopt: "install_weak_deps=False"
    - pkgs:
      - {{ 'zbar-tools' if grains['os_family'] == 'Debian' else 'zbar' }}
      - xsel

"{{ slsdotpath }}-client":
  pkg.installed:
    - install_recommends: False
    - skip_suggestions: True
    - setopt: "install_weak_deps=False"
    - sources:
      - qpay-client: salt://qpay/files/packages/qpay-client.{{ 'deb' if grains['os_family'] == 'Debian' else 'rpm' }}
    - require:
      - sls: qpay.signing-key

{%- endif %}

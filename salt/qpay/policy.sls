{#- Which qube may ask for what. One malformed file would make the whole policy
folder fail to load, so Qubes' own checker reads it before it gets its name. -#}

{%- if grains['id'] == 'dom0' %}
{%- from 'qpay/settings.jinja' import wallets, services, windows with context %}
{%- from 'qpay/machine.jinja' import errors with context %}

include:
  - .check

{%- if not errors %}

"{{ slsdotpath }}-policy":
  file.managed:
    - name: /etc/qubes/policy.d/80-qpay.policy
    - source: salt://qpay/files/policy/80-qpay.policy.jinja
    - template: jinja
    - context:
        wallets: {{ wallets | json }}
        services: {{ services | json }}
        windows: {{ windows | json }}
    - user: root
    - group: qubes
    - mode: '0664'
    - check_cmd: qubes-policy-lint

{%- endif %}
{%- endif %}

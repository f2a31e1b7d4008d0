{#- What is left to the person. -#}

{%- if grains['id'] == 'dom0' %}
{%- from 'qpay/settings.jinja' import qpay, wallets with context %}
{%- from 'qpay/machine.jinja' import targets, errors with context %}

include:
  - .check

{%- if not errors %}

"{{ slsdotpath }}-next":
  test.show_notification:
    - order: last
    - text: |
        {%- if qpay.clients %}
        Enrolled: {{ qpay.clients | join(', ') }}. Restart those that run, so that they see what was installed in {{ targets | join(', ') }}.
        {%- else %}
        Nobody is enrolled yet: list the qubes that may ask in /srv/pillar/base/qpay/init.sls, as "clients: [personal]",
        enable that file once with: sudo qubesctl top.enable qpay pillar=true
        and run this again: sudo qubesctl state.apply qpay
        {%- endif %}
        Connect the wallet to your node, once: qpay-server setup --help, in a terminal of {{ wallets | join(' and of ') }}; qpay-server doctor looks whether all is right.

{%- endif %}
{%- endif %}

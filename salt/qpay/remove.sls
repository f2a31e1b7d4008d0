{#- In any template: takes out what install-server and install-client put in. -#}

{%- if grains['nodename'] != 'dom0' %}

"{{ slsdotpath }}-removed":
  pkg.removed:
    - pkgs:
      - qpay-client
      - qpay-server

{%- endif %}

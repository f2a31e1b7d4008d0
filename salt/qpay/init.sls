{#- All of it: sudo qubesctl state.apply qpay -#}

{%- if grains['id'] == 'dom0' %}

include:
  - .check
  - .create
  - .policy
  - .clients
  - .provision
  - .next

{%- endif %}

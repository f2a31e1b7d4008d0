{#- A sentence for each thing that is wrong. Every other state of dom0 leaves
its place to these if there is one. -#}

{%- if grains['id'] == 'dom0' %}
{%- from 'qpay/machine.jinja' import errors with context %}

{%- for sentence in errors %}

"{{ slsdotpath }}-check-{{ loop.index }}":
  test.fail_without_changes:
    - comment: {{ sentence | json }}
{%- endfor %}

{%- if not errors %}

"{{ slsdotpath }}-check":
  test.succeed_without_changes:
    - comment: "The settings fit this machine."
{%- endif %}
{%- endif %}

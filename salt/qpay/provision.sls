{#- Installs the parts in the templates: one qubesctl each, so that one which
fails is named and stops no other. dom0 is applying states already, hence
--skip-dom0: a second run there would be refused.

The stamp says which version is installed. A template that lost it by other
means (reinstalled, restored): qvm-features TEMPLATE --unset x-qpay-client -#}

{%- if grains['id'] == 'dom0' %}
{%- from 'qpay/settings.jinja' import qpay with context %}
{%- from 'qpay/machine.jinja' import targets, version, errors with context %}

include:
  - .check

{%- if not errors %}

{%- for part, names in [('server', [qpay.server_template]), ('client', targets)] %}
{%- for name in names %}

# qubesctl would pass over a name that does not exist.
"{{ slsdotpath }}-exists-{{ name }}":
  qvm.exists:
    - name: {{ name }}

"{{ slsdotpath }}-provision-{{ name }}":
  cmd.run:
    - name: >-
        qubesctl --skip-dom0 --show-output --targets={{ name }} -- state.apply qpay.install-{{ part }}
        || { echo "{{ name }}: not installed; the reason is in /var/log/qubes/mgmt-{{ name }}.log.
        After mending it run: sudo qubesctl state.apply qpay"; false; }
    - unless:
      - test "$(qvm-features {{ name }} x-qpay-{{ part }} 2>/dev/null)" = "{{ version }}"
    - require:
      - qvm: "{{ slsdotpath }}-exists-{{ name }}"

"{{ slsdotpath }}-stamp-{{ name }}":
  qvm.features:
    - name: {{ name }}
    - set:
      - x-qpay-{{ part }}: "{{ version }}"
    - require:
      - cmd: "{{ slsdotpath }}-provision-{{ name }}"
{%- endfor %}
{%- endfor %}

{%- endif %}
{%- endif %}

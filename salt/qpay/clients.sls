{#- Who may ask: the tag qpay-client, and nothing else. A qube that is tagged
but not listed loses the tag, and the bridge with it. -#}

{%- if grains['id'] == 'dom0' %}
{%- from 'qpay/settings.jinja' import qpay with context %}
{%- from 'qpay/machine.jinja' import qubes, errors with context %}

include:
  - .check

{%- if not errors %}

{%- for client in qpay.clients %}

"{{ slsdotpath }}-client-{{ client }}":
  qvm.tags:
    - name: {{ client }}
    - add:
      - qpay-client

"{{ slsdotpath }}-bridge-{{ client }}":
  qvm.service:
    - name: {{ client }}
    - {{ 'enable' if client in qpay.bridge else 'default' }}:
      - qpay-bridge
{%- endfor %}

{#- A disposable has the tags of its template, and would be cut off while it
runs; it is gone soon. #}
{%- set tagged = salt['cmd.run_stdout']('qvm-ls --raw-list --tags qpay-client', ignore_retcode=True).split() %}
{%- for name in tagged if name in qubes and qubes[name].class != 'DispVM' and name not in qpay.clients %}

"{{ slsdotpath }}-client-{{ name }}-no-longer":
  qvm.tags:
    - name: {{ name }}
    - del:
      - qpay-client

"{{ slsdotpath }}-bridge-{{ name }}-no-longer":
  qvm.service:
    - name: {{ name }}
    - default:
      - qpay-bridge
{%- endfor %}

{%- endif %}
{%- endif %}

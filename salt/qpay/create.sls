{#- The wallet's qube and its template. The template is a clone of its own: what
is in it can spend, so nothing for other qubes is ever installed there. -#}

{%- if grains['id'] == 'dom0' %}
{%- from 'qpay/settings.jinja' import qpay, wallets with context %}
{%- from 'qpay/machine.jinja' import errors, clone, source with context %}

include:
  - .check

{%- if not errors %}

{%- if clone %}

"{{ slsdotpath }}-template-there":
  qvm.clone:
    - name: {{ qpay.server_template }}
    - source: {{ source }}

# Only what qpay made is ever removed by qpay.uninstall.
"{{ slsdotpath }}-template-mark":
  qvm.features:
    - name: {{ qpay.server_template }}
    - set:
      - x-qpay-made: "1"
    - require:
      - qvm: "{{ slsdotpath }}-template-there"
{%- else %}

"{{ slsdotpath }}-template-there":
  qvm.exists:
    - name: {{ qpay.server_template }}
    - flags:
      - template
{%- endif %}

# A clone copies features: that the client is installed is not true of long,
# since install-server takes it out.
"{{ slsdotpath }}-template-not-client":
  qvm.features:
    - name: {{ qpay.server_template }}
    - default:
      - x-qpay-client
    - require:
      - qvm: "{{ slsdotpath }}-template-there"

{%- for wallet in wallets %}

# Label and memory only now: later they are the person's, in Settings.
"{{ slsdotpath }}-{{ wallet }}-present":
  qvm.present:
    - name: {{ wallet }}
    - template: {{ qpay.server_template }}
    - label: {{ qpay.label }}
    - mem: {{ qpay.memory }}
    - require:
      - qvm: "{{ slsdotpath }}-template-there"

# No sound, and nothing that a click could open elsewhere.
"{{ slsdotpath }}-{{ wallet }}-prefs":
  qvm.prefs:
    - name: {{ wallet }}
    - audiovm: ""
    - default_dispvm: ""
    - include_in_backups: true
    {%- if qpay.netvm == 'none' %}
    - netvm: ""
    {%- elif qpay.netvm %}
    - netvm: {{ qpay.netvm }}
    {%- endif %}
    - require:
      - qvm: "{{ slsdotpath }}-{{ wallet }}-present"

# Only if nobody has chosen menu items yet.
"{{ slsdotpath }}-{{ wallet }}-menu":
  qvm.features:
    - name: {{ wallet }}
    - set:
      - menu-items: "qpay-history.desktop qubes-run-terminal.desktop qubes-start.desktop"
    - unless:
      - qvm-features {{ wallet }} menu-items
    - require:
      - qvm: "{{ slsdotpath }}-{{ wallet }}-present"
{%- endfor %}

{%- endif %}
{%- endif %}

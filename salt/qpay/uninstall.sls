{#- Takes everything back but the wallet's qube, its template and its data:
those only with qpay:uninstall:remove_server. Needs no qube of the pillar to be
there. Then: sudo dnf remove qpay-dom0 -#}

{%- if grains['id'] == 'dom0' %}
{%- from 'qpay/settings.jinja' import qpay, wallets, wrong, remove_server with context %}

{%- for sentence in wrong %}

"{{ slsdotpath }}-check-{{ loop.index }}":
  test.fail_without_changes:
    - comment: {{ sentence | json }}
{%- endfor %}

{%- if not wrong %}

"{{ slsdotpath }}-policy":
  file.absent:
    - name: /etc/qubes/policy.d/80-qpay.policy

{%- for name in salt['cmd.run_stdout']('qvm-ls --raw-list --tags qpay-client', ignore_retcode=True).split() %}

"{{ slsdotpath }}-client-{{ name }}":
  qvm.tags:
    - name: {{ name }}
    - del:
      - qpay-client

"{{ slsdotpath }}-bridge-{{ name }}":
  qvm.service:
    - name: {{ name }}
    - default:
      - qpay-bridge
{%- endfor %}

{%- set made = salt['cmd.retcode']('qvm-features ' ~ qpay.server_template ~ ' x-qpay-made', ignore_retcode=True) == 0 %}
{%- for line in salt['cmd.run_stdout']('qvm-ls --raw-data --fields name,class', ignore_retcode=True).splitlines()
  if line.endswith(('|TemplateVM', '|StandaloneVM')) %}
{%- set name = line.split('|')[0] %}
{%- if not (remove_server and made and name == qpay.server_template) %}
{%- set stamps = [] %}
{%- for part in ['client', 'server'] if salt['cmd.retcode']('qvm-features ' ~ name ~ ' x-qpay-' ~ part, ignore_retcode=True) == 0 %}
{%- do stamps.append('x-qpay-' ~ part) %}
{%- endfor %}
{%- if stamps %}

"{{ slsdotpath }}-remove-{{ name }}":
  cmd.run:
    - name: qubesctl --skip-dom0 --show-output --targets={{ name }} -- state.apply qpay.remove

"{{ slsdotpath }}-stamp-{{ name }}":
  qvm.features:
    - name: {{ name }}
    - default: {{ stamps | json }}
    - require:
      - cmd: "{{ slsdotpath }}-remove-{{ name }}"
{%- endif %}
{%- endif %}
{%- endfor %}

{%- if remove_server %}
{%- for wallet in wallets %}

"{{ slsdotpath }}-{{ wallet }}-gone":
  qvm.absent:
    - name: {{ wallet }}
{%- endfor %}

{%- if made %}

"{{ slsdotpath }}-template-gone":
  qvm.absent:
    - name: {{ qpay.server_template }}
    - require:
      {%- for wallet in wallets %}
      - qvm: "{{ slsdotpath }}-{{ wallet }}-gone"
      {%- endfor %}
{%- endif %}
{%- endif %}

{%- endif %}
{%- endif %}

{#- The key that the rpm packages are signed with, where rpm is used and the key
came along. A .deb given by its path is never checked: what protects both is
the signature of the package which brought them to dom0. -#}

{%- if grains['nodename'] != 'dom0' %}
{%- if grains['os_family'] == 'RedHat' and salt['cp.list_master'](prefix='qpay/files/packages/RPM-GPG-KEY-qpay') %}

"{{ slsdotpath }}-key":
  file.managed:
    - name: /etc/pki/rpm-gpg/RPM-GPG-KEY-qpay
    - source: salt://qpay/files/packages/RPM-GPG-KEY-qpay
    - user: root
    - group: root
    - mode: '0644'

"{{ slsdotpath }}-key-imported":
  cmd.run:
    - name: rpmkeys --import /etc/pki/rpm-gpg/RPM-GPG-KEY-qpay
    - onchanges:
      - file: "{{ slsdotpath }}-key"
{%- else %}

"{{ slsdotpath }}-key":
  test.succeed_without_changes:
    - comment: "No key to import here."
{%- endif %}
{%- endif %}

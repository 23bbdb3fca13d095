{{- define "observability.labels" -}}
app.kubernetes.io/part-of: mercat
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
environment: {{ .Values.environment }}
{{- end -}}

{{/* Labels that a laptop's series have not: queries are written once for both. */}}
{{- define "observability.relabelings" -}}
- {targetLabel: job, replacement: {{ . }}}
- {regex: "container|endpoint", action: labeldrop}
{{- end -}}

{{/* A file's name as that of an object. */}}
{{- define "observability.name" -}}
{{ base . | trimSuffix (ext .) | lower | replace "_" "-" }}
{{- end -}}

{{/* A secret of a person's values file, where secrets.kind is plain. */}}
{{- define "observability.given" -}}
{{- $files := get (.root.Values.secrets.files | default dict) .of | default dict -}}
{{- required (printf "secrets.kind is plain, and secrets.files.%s.%s is missing: python -m deploy.service_secrets FOLDER writes it to FOLDER/values.yaml" .of .name) (get $files .name) -}}
{{- end -}}

{{/* The host of the databases. */}}
{{- define "observability.database" -}}
{{- if .Values.databases.namespace -}}
database-rw.{{ .Values.databases.namespace }}.svc
{{- else -}}
{{ required "database_host is missing: it is in the handover of the environment" .Values.database_host }}
{{- end -}}
{{- end -}}

{{/* Of the exporter of PostgreSQL: a role by user and password, which are words of YAML or a template's. */}}
{{- define "observability.role" -}}
{{ .service }}:
  type: userpass
  userpass: {username: {{ .username }}, password: {{ .password }}}
  options:
    sslmode: {{ .root.Values.databases.sslmode }}
    {{- if .root.Values.databases.ca_config_map }}
    sslrootcert: /etc/mercat/ca.pem
    {{- end }}
{{- end -}}

{{- define "data.labels" -}}
app.kubernetes.io/part-of: mercat
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
environment: {{ .Values.environment }}
{{- end -}}

{{/* A secret value of the operator's own values file: secrets.files.data.<name>. */}}
{{- define "data.secret" -}}
{{- $files := get (.root.Values.secrets.files | default dict) "data" | default dict -}}
{{- required (printf "secrets.files.data.%s is missing: python -m deploy.service_secrets FOLDER writes what it makes to FOLDER/values.yaml" .name) (get $files .name) -}}
{{- end -}}

{{/* An image by its digest. */}}
{{- define "data.image" -}}
{{- $image := get .root.Values.images .name -}}
{{- if not (regexMatch "@sha256:[0-9a-f]{64}$" $image) -}}
{{- fail (printf "images.%s has no digest: give the values of deploy/platform/values/data.yaml" .name) -}}
{{- end -}}
{{ $image }}
{{- end -}}

{{/* The folder of one generation of the database in the object store: a restored database never writes into that of its source. */}}
{{- define "data.server" -}}database-{{ . }}{{- end -}}

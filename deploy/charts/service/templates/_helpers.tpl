{{/* Labels that select the service's pods. They never change: a Deployment's selector cannot. */}}
{{- define "service.selector" -}}
app.kubernetes.io/name: {{ .Values.name }}
app.kubernetes.io/component: service
{{- end -}}

{{- define "service.labels" -}}
app.kubernetes.io/name: {{ .Values.name }}
app.kubernetes.io/part-of: mercat
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
environment: {{ .Values.environment }}
{{- end -}}

{{/* The services that this one sends requests to: those it calls, reads or follows, and identity, whose public keys
     verify tokens. One that is not on this list is refused by the network policies of both sides. */}}
{{- define "service.peers" -}}
{{- without (concat .Values.calls (.Values.reads | default list) .Values.follows (list "identity") | uniq | sortAlpha) .Values.name | toJson -}}
{{- end -}}

{{/* The image with its digest: a tag can be moved, a digest cannot. */}}
{{- define "service.image" -}}
{{- if not .Values.image.digest -}}
{{- fail (printf "image.digest of %s is missing: give the digest that the pipeline recorded, --set image.digest=sha256:..." .Values.name) -}}
{{- end -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- end -}}

{{/* The name that requests are sent to: the service's own host where it has one. */}}
{{- define "service.host" -}}
{{ .Values.host | default (first .Values.edge.hosts) }}
{{- end -}}

{{- define "service.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "service.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* Volumes and mounts that the service and its migration share. */}}
{{- define "service.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- with .Values.databases.ca_config_map }}
- name: database-ca
  configMap: {name: {{ . }}}
{{- end }}
{{- end -}}

{{- define "service.mounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if .Values.databases.ca_config_map }}
- {name: database-ca, mountPath: /etc/mercat, readOnly: true}
{{- end }}
{{- end -}}

{{/* The query of a database URL: how its TLS is verified. */}}
{{- define "service.databaseQuery" -}}
sslmode={{ .Values.databases.sslmode }}{{ if .Values.databases.ca_config_map }}&sslrootcert=/etc/mercat/ca.pem{{ end }}
{{- end -}}

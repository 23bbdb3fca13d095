{{- define "edge.labels" -}}
app.kubernetes.io/part-of: mercat
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
environment: {{ .Values.environment }}
{{- end -}}
{{- define "edge.name" -}}{{ . | replace "_" "-" }}{{- end -}}

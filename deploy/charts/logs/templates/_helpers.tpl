{{- define "logs.labels" -}}
app.kubernetes.io/part-of: mercat
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
environment: {{ .Values.environment }}
{{- end -}}

{{/* A restore is rendered by itself. */}}
{{- define "logs.on" -}}
{{- if and (eq .Values.logs.kind "elasticsearch") (not .Values.restore.day) -}}yes{{- end -}}
{{- end -}}

{{- define "logs.image" -}}
{{- required (printf "images.%s is missing: give the values of deploy/platform/values/logs.yaml" .name) (get .root.Values.images .name) -}}
{{- end -}}

{{/* What `restricted` wants of a pod and of a container. */}}
{{- define "logs.pod" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile: {type: RuntimeDefault}
{{- end -}}
{{- define "logs.container" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* elasticsearch.txt with this environment's values. */}}
{{- define "logs.requests" -}}
{{- $text := .Files.Get "files/elasticsearch.txt" | replace "${environment}" .Values.environment -}}
{{- $text = $text | replace "${bucket}" (required "archive.bucket is missing: the logs' snapshots lie there" .Values.archive.bucket) -}}
{{- range $name, $days := .Values.logs.days -}}
{{- $text = $text | replace (printf "${%s_days}" $name) (printf "%v" $days) -}}
{{- end -}}
{{- $text -}}
{{- end -}}

{{/* A Job of Elasticsearch's image, which has curl: a script of files/ with these words, as the user that the operator made. */}}
{{- define "logs.job" -}}
{{- $root := .root -}}
restartPolicy: OnFailure
automountServiceAccountToken: false
enableServiceLinks: false
securityContext: {{- include "logs.pod" 1000 | nindent 2 }}
containers:
  - name: {{ .name }}
    image: {{ include "logs.image" (dict "root" $root "name" "elasticsearch") }}
    imagePullPolicy: IfNotPresent
    command: {{ .words | toJson }}
    env:
      - {name: ELASTICSEARCH_URL, value: "https://logs-es-http.{{ $root.Release.Namespace }}.svc:9200"}
      - {name: ELASTICSEARCH_CA, value: /run/elasticsearch/ca.crt}
      - {name: KIBANA_URL, value: "https://logs-kb-http.{{ $root.Release.Namespace }}.svc:5601"}
      - {name: KIBANA_CA, value: /run/kibana/ca.crt}
      - {name: ELASTIC_USER, value: elastic}
      - {name: ELASTIC_PASSWORD_FILE, value: /run/elastic/elastic}
      - {name: TMPDIR, value: /tmp}
    securityContext: {{- include "logs.container" . | nindent 6 }}
    resources:
      requests: {cpu: 20m, memory: 64Mi}
      limits: {memory: 128Mi}
    volumeMounts:
      - {name: files, mountPath: /setup, readOnly: true}
      - {name: elasticsearch-ca, mountPath: /run/elasticsearch, readOnly: true}
      - {name: kibana-ca, mountPath: /run/kibana, readOnly: true}
      - {name: elastic, mountPath: /run/elastic, readOnly: true}
      - {name: tmp, mountPath: /tmp}
volumes:
  - name: files
    configMap: {name: logs-setup}
  - name: elasticsearch-ca
    secret: {secretName: logs-es-http-certs-public}
  - name: kibana-ca
    secret: {secretName: logs-kb-http-certs-public}
  - name: elastic
    secret: {secretName: logs-es-elastic-user, defaultMode: 0440}
  - name: tmp
    emptyDir: {sizeLimit: 16Mi}
{{- end -}}

{{/* Names, for whoever asks anybody. */}}
{{- define "logs.names" -}}
- to:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
      podSelector: {matchLabels: {k8s-app: kube-dns}}
  ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
{{- end }}

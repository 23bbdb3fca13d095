{{- define "database.name" -}}
{{- get (dict "roles" "database-roles" "books" "books" "operation" "operation") .Values.task -}}
{{- end -}}

{{- define "database.labels" -}}
app.kubernetes.io/name: {{ include "database.name" . }}
app.kubernetes.io/part-of: mercat
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
environment: {{ .Values.environment }}
{{- end -}}

{{/* The query of a database URL: how its TLS is verified. */}}
{{- define "database.query" -}}
sslmode={{ .Values.databases.sslmode }}{{ if .Values.databases.ca_config_map }}&sslrootcert=/etc/mercat/ca.pem{{ end }}
{{- end -}}

{{/* A secret's file of a service, which a person gives. */}}
{{- define "database.given" -}}
{{- $files := get (.root.Values.secrets.files | default dict) .service | default dict -}}
{{- required (printf "secrets.kind is plain, and secrets.files.%s.%s is missing: give it in a values file that is not in git" .service .file) (get $files .file) -}}
{{- end -}}

{{/* The pod: of the image of the services, restricted. `words` are its command. `secrets` are Secrets by
     their folders; `settings` is a ConfigMap; `port` is where its metrics are. */}}
{{- define "database.pod" -}}
{{- $root := .root -}}
{{- $image := $root.Values.image -}}
restartPolicy: {{ .restart | default "Never" }}
{{- if eq $root.Values.task "roles" }}
serviceAccountName: database-roles
{{- end }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
containers:
  - name: {{ include "database.name" $root }}
    image: {{ $image.repository }}@{{ required "image.digest is missing: give the digest that the pipeline recorded, --set image.digest=sha256:..." $image.digest }}
    imagePullPolicy: IfNotPresent
    command: {{ .words | toJson }}
    {{- with .port }}
    ports:
      - {name: metrics, containerPort: {{ . }}}
    readinessProbe:
      httpGet: {path: /metrics, port: metrics}
      periodSeconds: 30
    livenessProbe:
      httpGet: {path: /metrics, port: metrics}
      periodSeconds: 60
    {{- end }}
    {{- with .settings }}
    envFrom:
      - configMapRef: {name: {{ . }}}
    {{- end }}
    env: {{- .env | toYaml | nindent 6 }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}
    resources:
      requests: {cpu: 100m, memory: 128Mi}
      limits: {memory: 256Mi}
    volumeMounts:
      - {name: tmp, mountPath: /tmp}
      {{- range $folder, $secret := .secrets }}
      - {name: {{ $secret }}, mountPath: {{ $folder }}, readOnly: true}
      {{- end }}
      {{- if $root.Values.databases.ca_config_map }}
      - {name: database-ca, mountPath: /etc/mercat, readOnly: true}
      {{- end }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 64Mi}
  {{- range .secrets }}
  - name: {{ . }}
    secret: {secretName: {{ . }}, defaultMode: 0440}
  {{- end }}
  {{- with $root.Values.databases.ca_config_map }}
  - name: database-ca
    configMap: {name: {{ . }}}
  {{- end }}
{{- end -}}

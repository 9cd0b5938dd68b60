{{/* The container of an app: (dict "context" $ "name" "users" "args" (list "migrate") "serves" true). */}}
{{- define "courtside.container" -}}
{{- $values := .context.Values -}}
{{- $app := include "courtside.app" .context | fromJson -}}
name: {{ .name }}
image: {{ include "courtside.image" (list .context $values.image) }}
imagePullPolicy: {{ $values.image.pullPolicy }}
{{- with .args }}
args: {{ toJson . }}
{{- end }}
env:
  {{- include "courtside.environment" . | trim | nindent 2 }}
{{- with $values.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- include "courtside.containerSecurity" . | nindent 2 }}
resources:
  {{- toYaml $values.resources | nindent 2 }}
{{- if .serves }}
ports:
  {{- if $app.door }}
  - { name: http, containerPort: 8080 }
  {{- end }}
  - { name: admin, containerPort: 9001 }
{{- include "courtside.probes" .context }}
lifecycle:
  preStop: { sleep: { seconds: {{ $values.preStopSeconds }} } }
{{- end }}
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  {{- if $app.secrets }}
  - { name: secrets, mountPath: {{ include "courtside.secretsPath" . }}, readOnly: true }
  {{- end }}
  {{- if and $app.kubernetes .serves }}
  {{- include "courtside.tokenMount" . | nindent 2 }}
  {{- end }}
  {{- with $values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* Liveness asks the process alone: a restart mends no Redis and no Postgres. */}}
{{- /*
A door on the bus stays open for half a minute without it: all doors lose the bus together, and who asks
one is told when to come again, which a proxy without any door behind it does not tell.
*/ -}}
{{- define "courtside.probes" }}
{{- $probes := .Values.probes }}
{{- $app := include "courtside.app" . | fromJson }}
startupProbe:
  httpGet: { path: /{{ .Chart.Name }}/startupz, port: admin }
  periodSeconds: 1
  timeoutSeconds: 2
  failureThreshold: {{ $probes.startupSeconds }}
livenessProbe:
  httpGet: { path: /{{ .Chart.Name }}/livez, port: admin }
  periodSeconds: 10
  timeoutSeconds: {{ $probes.timeoutSeconds }}
  failureThreshold: 3
readinessProbe:
  httpGet: { path: /{{ .Chart.Name }}/readyz, port: admin }
  periodSeconds: 2
  timeoutSeconds: {{ $probes.timeoutSeconds }}
  failureThreshold: {{ ternary 15 2 (and $app.door $app.bus) }}
{{- end -}}

{{/* (dict "context" $ "serves" true): a pod that only migrates gets less. */}}
{{- define "courtside.volumes" -}}
{{- $app := include "courtside.app" .context | fromJson -}}
- name: tmp
  emptyDir: { sizeLimit: 32Mi }
{{- if $app.secrets }}
{{ include "courtside.secretVolume" . }}
{{- end }}
{{- if and $app.kubernetes .serves }}
{{ include "courtside.tokenVolume" . }}
{{- end }}
{{- with .context.Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "courtside.deployment" -}}
{{- $app := include "courtside.app" . | fromJson -}}
{{- $name := include "courtside.fullname" . -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "courtside.metadata" (dict "context" . "name" $name "of" .Chart.Name "annotations" .Values.annotations) | nindent 2 }}
spec:
  {{- if not (or .Values.autoscaling.enabled .Values.keda.enabled) }}
  replicas: {{ .Values.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  minReadySeconds: {{ .Values.minReadySeconds }}
  progressDeadlineSeconds: {{ add .Values.probes.startupSeconds 60 }}
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  selector:
    matchLabels:
      {{- include "courtside.selector" (list . .Chart.Name) | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "courtside.podLabels" (list . .Chart.Name) | nindent 8 }}
        {{- with .Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "courtside.podBase" (dict "context" . "account" $name) | nindent 6 }}
      terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
      {{- include "courtside.spread" (list . .Chart.Name) | nindent 6 }}
      {{- if and $app.database (eq (include "courtside.migrations" .) "init") }}
      initContainers:
        - {{ include "courtside.container" (dict "context" . "name" "migrate" "args" (list "migrate")) | indent 10 | trim }}
      {{- end }}
      containers:
        - {{ include "courtside.container" (dict "context" . "name" .Chart.Name "serves" true) | indent 10 | trim }}
      volumes:
        {{- include "courtside.volumes" (dict "context" . "serves" true) | nindent 8 }}
{{- end -}}

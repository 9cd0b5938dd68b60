{{- define "courtside.podDisruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "courtside.metadata" (dict "context" . "name" (include "courtside.fullname" .) "of" .Chart.Name) | nindent 2 }}
spec:
  maxUnavailable: {{ .Values.podDisruptionBudget.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "courtside.selector" (list . .Chart.Name) | nindent 6 }}
{{- end -}}

{{- define "courtside.horizontalPodAutoscaler" -}}
{{- $name := include "courtside.fullname" . -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "courtside.metadata" (dict "context" . "name" $name "of" .Chart.Name) | nindent 2 }}
spec:
  minReplicas: {{ .Values.autoscaling.minReplicas }}
  maxReplicas: {{ .Values.autoscaling.maxReplicas }}
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ $name }} }
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ .Values.autoscaling.targetCPUUtilizationPercentage }} }
  {{- with .Values.autoscaling.behavior }}
  behavior:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/*
Scales by what waits for this service on the bus: CPU rises late where work is waited for elsewhere.
A trigger for its requests and one for each topic that it subscribes to.
*/}}
{{- define "courtside.scaledObject" -}}
{{- $app := include "courtside.app" . | fromJson -}}
{{- $name := include "courtside.fullname" . -}}
{{- $keda := .Values.keda -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  {{- include "courtside.metadata" (dict "context" . "name" $name "of" .Chart.Name) | nindent 2 }}
spec:
  scaleTargetRef: { name: {{ $name }} }
  minReplicaCount: {{ $keda.minReplicas }}
  maxReplicaCount: {{ $keda.maxReplicas }}
  pollingInterval: {{ $keda.pollingInterval }}
  cooldownPeriod: {{ $keda.cooldownPeriod }}
  triggers:
    {{- range $stream := $app.streams }}
    - type: redis-streams
      metadata:
        address: {{ printf "%s:%v" (include "courtside.redisHost" $) $.Values.global.redis.port | quote }}
        username: {{ $app.busUser }}
        stream: {{ $stream.key | quote }}
        consumerGroup: {{ $stream.group | quote }}
        lagCount: {{ $keda.lag | quote }}
        activationLagCount: "0"
        {{- if $.Values.global.redis.tls }}
        enableTLS: "true"
        {{- end }}
      authenticationRef: { name: {{ $name }} }
    {{- end }}
---
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata:
  {{- include "courtside.metadata" (dict "context" . "name" $name "of" .Chart.Name) | nindent 2 }}
spec:
  secretTargetRef:
    - parameter: password
      name: {{ .Values.global.redis.existingSecret | default (include "courtside.nameOf" (list . "redis")) }}
      key: {{ $app.busPasswordKey }}
{{- end -}}

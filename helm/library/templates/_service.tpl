{{/* Health and metrics always; the HTTP door where there is one. */}}
{{- define "courtside.service" -}}
{{- $app := include "courtside.app" . | fromJson -}}
{{- $service := .Values.service | default dict -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "courtside.metadata" (dict "context" . "name" (include "courtside.fullname" .) "of" .Chart.Name "annotations" $service.annotations) | nindent 2 }}
spec:
  {{- if $app.door }}
  type: {{ $service.type }}
  {{- with $service.loadBalancerSourceRanges }}
  loadBalancerSourceRanges: {{ toJson . }}
  {{- end }}
  {{- end }}
  selector:
    {{- include "courtside.selector" (list . .Chart.Name) | nindent 4 }}
  ports:
    {{- if $app.door }}
    - { name: http, port: {{ $service.port }}, targetPort: http, appProtocol: http }
    {{- end }}
    {{- if or (not $app.door) (eq $service.type "ClusterIP") }}
    - { name: admin, port: 9001, targetPort: admin, appProtocol: http }
    {{- end }}
{{- if and $app.door (ne $service.type "ClusterIP") }}
---
{{- /* Health and metrics are no business of whoever a load balancer lets in. */}}
apiVersion: v1
kind: Service
metadata:
  {{- include "courtside.metadata" (dict "context" . "name" (include "courtside.nameOf" (list . .Chart.Name "admin")) "of" .Chart.Name) | nindent 2 }}
spec:
  selector:
    {{- include "courtside.selector" (list . .Chart.Name) | nindent 4 }}
  ports:
    - { name: admin, port: 9001, targetPort: admin, appProtocol: http }
{{- end }}
{{- end -}}

{{- define "courtside.serviceMonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  {{- include "courtside.metadata" (dict "context" . "name" (include "courtside.fullname" .) "of" .Chart.Name "labels" .Values.metrics.serviceMonitor.labels) | nindent 2 }}
spec:
  selector:
    matchLabels:
      {{- include "courtside.selector" (list . .Chart.Name) | nindent 6 }}
  endpoints:
    - port: admin
      path: /{{ .Chart.Name }}/metrics
      interval: {{ .Values.metrics.serviceMonitor.interval }}
{{- end -}}

{{/* What the bundled data stores share: one server, a volume that stays, and who may reach it. */}}

{{/* Under Argo CD a data store comes in a wave of its own, before what migrates it. */}}
{{- define "courtside.storeAnnotations" -}}
{{- if eq (include "courtside.migrations" .) "argocd" }}
argocd.argoproj.io/sync-wave: "-18"
{{- end }}
{{- end -}}

{{/* The metadata of a data store's object: (list $ "name"). */}}
{{- define "courtside.storeMetadata" -}}
{{- $context := first . -}}
{{- $annotations := include "courtside.storeAnnotations" $context | fromYaml -}}
{{- include "courtside.metadata" (dict "context" $context "name" (index . 1) "of" $context.Chart.Name "annotations" $annotations) -}}
{{- end -}}

{{/*
Two Services: clients use the address that stays while the pod restarts; a StatefulSet wants one that
names its pods.
*/}}
{{- define "courtside.storeServices" -}}
{{- $context := .context -}}
{{- $chart := $context.Chart.Name -}}
{{- $name := include "courtside.fullname" $context -}}
{{- $ports := list (dict "name" $chart "port" .port "targetPort" $chart "appProtocol" (ternary "redis" "postgresql" (eq $chart "redis"))) -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "courtside.storeMetadata" (list $context $name) | nindent 2 }}
spec:
  selector:
    {{- include "courtside.selector" (list $context $chart) | nindent 4 }}
  ports: {{ toJson $ports }}
---
apiVersion: v1
kind: Service
metadata:
  {{- include "courtside.storeMetadata" (list $context (include "courtside.podsName" $context)) | nindent 2 }}
spec:
  clusterIP: None
  selector:
    {{- include "courtside.selector" (list $context $chart) | nindent 4 }}
  ports: {{ toJson $ports }}
{{- end -}}

{{- define "courtside.podsName" -}}
{{- include "courtside.nameOf" (list . .Chart.Name "pods") -}}
{{- end -}}

{{- define "courtside.storeSpec" -}}
replicas: 1
revisionHistoryLimit: 3
serviceName: {{ include "courtside.podsName" . }}
persistentVolumeClaimRetentionPolicy: { whenDeleted: Retain, whenScaled: Retain }
selector:
  matchLabels:
    {{- include "courtside.selector" (list . .Chart.Name) | nindent 4 }}
{{- end -}}

{{- define "courtside.apart" -}}
affinity:
  {{- if .Values.affinity }}
  {{- toYaml .Values.affinity | nindent 2 }}
  {{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector: { matchLabels: {{ include "courtside.selector" (list . .Chart.Name) | fromYaml | toJson }} }
  {{- end }}
{{- end -}}

{{- define "courtside.claim" -}}
- metadata:
    name: data
    labels:
      {{- include "courtside.selector" (list . .Chart.Name) | nindent 6 }}
    {{- with .Values.persistence.annotations }}
    annotations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
  spec:
    accessModes: [{{ .Values.persistence.accessMode }}]
    {{- with .Values.persistence.storageClassName }}
    storageClassName: {{ . }}
    {{- end }}
    resources: { requests: { storage: {{ .Values.persistence.size }} } }
{{- end -}}

{{/* Lets in the apps whose topology says so: (dict "context" $ "port" 6379 "needs" "bus" "jobs" (list "database")). */}}
{{- define "courtside.storePolicy" -}}
{{- $context := .context -}}
{{- $names := list -}}
{{- range $name, $app := include "courtside.apps" $context | fromJson -}}
{{- if index $app $.needs -}}
{{- $names = append $names $name -}}
{{- if eq $.needs "database" }}{{ $names = append $names (printf "%s-migrate" $name) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if and $context.Values.networkPolicy.enabled $context.Values.global.networkPolicy.enabled -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "courtside.storeMetadata" (list $context (include "courtside.fullname" $context)) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "courtside.selector" (list $context $context.Chart.Name) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - podSelector:
            matchLabels: { courtside.dev/platform: {{ include "courtside.platform" $context }} }
            matchExpressions: [{ key: app.kubernetes.io/name, operator: In, values: {{ toJson (concat $names .jobs | sortAlpha) }} }]
      ports: [{ port: {{ .port }}, protocol: TCP }]
    {{- with $context.Values.networkPolicy.extraIngress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  egress:
    {{- with $context.Values.networkPolicy.extraEgress }}
    {{- toYaml . | nindent 4 }}
    {{- else }} []
    {{- end }}
{{- end -}}
{{- end -}}

{{- define "courtside.redisHost" -}}
{{- .Values.global.redis.host | default (include "courtside.nameOf" (list . "redis")) -}}
{{- end -}}

{{- define "courtside.migrations" -}}
{{- .Values.global.migrations.mode -}}
{{- end -}}

{{/*
When a Job that needs the database runs: (dict "context" $ "order" 5).
hook: before the pods of a release change. The first install of a database that comes with the release has
nothing to run against by then, so there the Job is part of the release, and pods wait for what it makes.
argocd: in a wave of its own, between the data stores and the apps.
*/}}
{{- define "courtside.jobAnnotations" -}}
{{- $mode := include "courtside.migrations" .context -}}
{{- $isFirst := and (ne .context.Values.global.postgres.mode "external") .context.Release.IsInstall -}}
{{- if eq $mode "argocd" -}}
argocd.argoproj.io/hook: Sync
argocd.argoproj.io/sync-wave: {{ sub .order 20 | quote }}
argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
{{- else if not $isFirst -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ .order | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}
{{- end -}}

{{/* A Job's name says its release, since a Job cannot be changed. */}}
{{- define "courtside.jobName" -}}
{{- $context := first . -}}
{{- include "courtside.nameOf" (list $context (index . 1) (toString $context.Release.Revision)) -}}
{{- end -}}

{{/*
A Job: (dict "context" $ "of" "users-migrate" "name" "…" "account" "…" "annotations" (dict) "container" "rendered"
"volumes" "rendered" "placing" .Values.install). It is tried again, since what it waits for may be late, but not for ever.
*/}}
{{- define "courtside.job" -}}
{{- $values := .placing | default .context.Values -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "courtside.metadata" . | nindent 2 }}
spec:
  backoffLimit: 3
  activeDeadlineSeconds: {{ .context.Values.global.migrations.deadlineSeconds }}
  ttlSecondsAfterFinished: 86400
  template:
    metadata:
      labels:
        {{- include "courtside.podLabels" (list .context .of) | nindent 8 }}
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with $values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "courtside.podBase" . | nindent 6 }}
      {{- with $values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      restartPolicy: Never
      containers:
        - {{ .container | indent 10 | trim }}
      volumes:
        {{- .volumes | nindent 8 }}
{{- end -}}

{{/* Migrates this chart's database: the app's own image, asked to do just that. */}}
{{- define "courtside.migration" -}}
{{- $of := printf "%s-migrate" .Chart.Name -}}
{{- $name := include "courtside.jobName" (list . $of) -}}
{{- $before := include "courtside.jobAnnotations" (dict "context" . "order" 9) | fromYaml -}}
{{- $annotations := include "courtside.jobAnnotations" (dict "context" . "order" 10) | fromYaml -}}
{{- $container := include "courtside.container" (dict "context" . "name" "migrate" "args" (list "migrate")) -}}
{{- $volumes := include "courtside.volumes" (dict "context" .) -}}
{{- $policy := include "courtside.nameOf" (list . $of) -}}
{{ include "courtside.serviceAccount" (dict "context" . "of" $of "name" $policy "annotations" $before) }}
{{- if and .Values.networkPolicy.enabled .Values.global.networkPolicy.enabled }}
---
{{ include "courtside.jobNetworkPolicy" (dict "context" . "of" $of "name" $policy "annotations" $before "egress" (list "courtside.egressDns" "courtside.egressPostgres")) }}
{{- end }}
---
{{ include "courtside.job" (dict "context" . "of" $of "name" $name "account" $policy "annotations" $annotations "container" $container "volumes" $volumes) }}
{{- end -}}

{{/* What backing up and putting back have alike: both are CronJobs, of which the second one never runs by itself. */}}

{{/* Impossible combinations, said before anything is installed. */}}
{{- define "courtside.backupChecks" -}}
{{- $backup := .Values.backup -}}
{{- if not (include "courtside.postgresSecret" .) -}}
{{- fail "backup.enabled needs to know the password of the superuser: global.postgres.existingSecret" -}}
{{- end -}}
{{- if eq $backup.store "s3" -}}
{{- if not (and $backup.s3.bucket $backup.s3.existingSecret) -}}
{{- fail "backup.store s3 needs backup.s3.bucket and backup.s3.existingSecret" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "courtside.backupClaim" -}}
{{- .Values.backup.volume.existingClaim | default (include "courtside.nameOf" (list . "backups")) -}}
{{- end -}}

{{- define "courtside.backupStoreEnv" -}}
{{- $backup := .Values.backup -}}
{{- if eq $backup.store "volume" -}}
- { name: BACKUP_DIRECTORY, value: /backups }
{{- else -}}
{{- with $backup.s3.endpoint -}}
- { name: BACKUP_S3_ENDPOINT, value: {{ . | quote }} }
{{ end -}}
- { name: BACKUP_S3_REGION, value: {{ $backup.s3.region | quote }} }
- { name: BACKUP_S3_BUCKET, value: {{ $backup.s3.bucket | quote }} }
- { name: BACKUP_S3_PREFIX, value: {{ $backup.s3.prefix | quote }} }
- { name: BACKUP_S3_PATH_STYLE, value: {{ $backup.s3.pathStyle | quote }} }
- { name: BACKUP_S3_ACCESS_KEY_ID_FILE, value: /etc/courtside/s3/ACCESS_KEY_ID }
- { name: BACKUP_S3_SECRET_ACCESS_KEY_FILE, value: /etc/courtside/s3/SECRET_ACCESS_KEY }
{{- end -}}
{{- end -}}

{{- define "courtside.backupStoreMount" -}}
{{- if eq .Values.backup.store "volume" -}}
- { name: backups, mountPath: /backups }
{{- else -}}
- { name: s3, mountPath: /etc/courtside/s3, readOnly: true }
{{- end -}}
{{- end -}}

{{- define "courtside.backupVolumes" -}}
- name: tmp
  emptyDir: { sizeLimit: 32Mi }
- name: work
  emptyDir: { sizeLimit: {{ .Values.backup.workSize }} }
{{- if eq .Values.backup.store "volume" }}
- name: backups
  persistentVolumeClaim: { claimName: {{ include "courtside.backupClaim" . }} }
{{- else }}
- name: s3
  secret:
    secretName: {{ .Values.backup.s3.existingSecret }}
    defaultMode: 0440
    items: [{ key: ACCESS_KEY_ID, path: ACCESS_KEY_ID }, { key: SECRET_ACCESS_KEY, path: SECRET_ACCESS_KEY }]
{{- end }}
{{- end -}}

{{/* What a container may take: what is on its way counts as disk of the node. */}}
{{- define "courtside.backupResources" -}}
{{- $resources := .Values.backup.resources -}}
{{- $limits := merge (dict "ephemeral-storage" .Values.backup.workSize) $resources.limits -}}
{{- dict "requests" $resources.requests "limits" $limits | toYaml -}}
{{- end -}}

{{/* A step by the image of PostgreSQL: (dict "context" $ "program" "dump-postgres"). */}}
{{- define "courtside.backupByPostgres" -}}
{{- $context := .context -}}
{{- $postgres := $context.Values.global.postgres -}}
name: {{ .program }}
image: {{ include "courtside.image" (list $context $context.Values.backup.image) }}
imagePullPolicy: {{ $context.Values.backup.image.pullPolicy }}
command: [{{ .program }}, /work]
env:
  - { name: PGHOST, value: {{ include "courtside.postgresHost" $context }} }
  - { name: PGPORT, value: {{ $postgres.port | quote }} }
  - { name: PGDATABASE, value: {{ $postgres.database | quote }} }
  - { name: PGUSER, value: postgres }
  - { name: PGSSLMODE, value: {{ $postgres.sslmode }} }
securityContext:
  {{- include "courtside.containerSecurity" . | nindent 2 }}
resources:
  {{- include "courtside.backupResources" $context | nindent 2 }}
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  - { name: work, mountPath: /work }
  - { name: passwords, mountPath: /etc/courtside/passwords, readOnly: true }
{{- end -}}

{{/* A step by `install`: (dict "context" $ "args" (list …) "env" "rendered" "mounts" "rendered"). */}}
{{- define "courtside.backupByInstall" -}}
{{- $context := .context -}}
{{- $install := $context.Values.install -}}
name: {{ first .args }}
image: {{ include "courtside.image" (list $context $install.image) }}
imagePullPolicy: {{ $install.image.pullPolicy }}
args: {{ toJson .args }}
{{- with .env }}
env:
  {{- . | nindent 2 }}
{{- end }}
securityContext:
  {{- include "courtside.containerSecurity" . | nindent 2 }}
resources:
  {{- include "courtside.backupResources" $context | nindent 2 }}
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  - { name: work, mountPath: /work }
  {{- .mounts | nindent 2 }}
{{- end -}}

{{/*
A CronJob whose containers run one after the other:
(dict "context" $ "of" "backup" "suspend" false "retries" 2 "steps" (list "rendered") "last" "rendered" "volumes" "rendered").
*/}}
{{- define "courtside.backupCronJob" -}}
{{- $context := .context -}}
{{- $backup := $context.Values.backup -}}
{{- $name := include "courtside.nameOf" (list $context .of) -}}
apiVersion: batch/v1
kind: CronJob
metadata:
  {{- include "courtside.metadata" (dict "context" $context "of" .of "name" $name) | nindent 2 }}
spec:
  schedule: {{ $backup.schedule | quote }}
  timeZone: {{ $backup.timeZone }}
  suspend: {{ .suspend }}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 3600
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 3
  jobTemplate:
    metadata:
      labels:
        {{- include "courtside.podLabels" (list $context .of) | nindent 8 }}
    spec:
      backoffLimit: {{ .retries }}
      activeDeadlineSeconds: {{ $backup.deadlineSeconds }}
      ttlSecondsAfterFinished: 604800
      template:
        metadata:
          labels:
            {{- include "courtside.podLabels" (list $context .of) | nindent 12 }}
            {{- with $backup.podLabels }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- with $backup.podAnnotations }}
          annotations:
            {{- toYaml . | nindent 12 }}
          {{- end }}
        spec:
          {{- include "courtside.podBase" (dict "context" $context "account" $name "placing" $backup) | nindent 10 }}
          {{- with $backup.affinity }}
          affinity:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          restartPolicy: Never
          initContainers:
            {{- range .steps }}
            - {{ . | indent 14 | trim }}
            {{- end }}
          containers:
            - {{ .last | indent 14 | trim }}
          volumes:
            {{- include "courtside.backupVolumes" $context | nindent 12 }}
            {{- .volumes | nindent 12 }}
{{- end -}}

{{/* Whom its pods reach, and that nobody reaches them: (dict "context" $ "of" "backup" "egress" (list …)). */}}
{{- define "courtside.backupPolicy" -}}
{{- $context := .context -}}
{{- $backup := $context.Values.backup -}}
{{- $egress := .egress -}}
{{- if eq $backup.store "s3" -}}
{{- $egress = append $egress "courtside.egressInternet" -}}
{{- end -}}
{{- if and $backup.networkPolicy.enabled $context.Values.global.networkPolicy.enabled -}}
---
{{ include "courtside.jobNetworkPolicy" (dict "context" $context "of" .of "name" (include "courtside.nameOf" (list $context .of)) "egress" $egress "more" $backup.networkPolicy.extraEgress) }}
{{- end -}}
{{- end -}}

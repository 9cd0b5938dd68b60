{{/* Every object of a chart that is one app: what each template file of such a chart includes. */}}
{{- define "courtside.objects" -}}
{{- $app := include "courtside.app" . | fromJson -}}
{{- include "courtside.checks" . -}}
{{ include "courtside.serviceAccount" (dict "context" . "of" .Chart.Name "name" (include "courtside.fullname" .) "annotations" .Values.serviceAccount.annotations) }}
---
{{ include "courtside.deployment" . }}
---
{{ include "courtside.service" . }}
{{- if and .Values.networkPolicy.enabled .Values.global.networkPolicy.enabled }}
---
{{ include "courtside.networkPolicy" . }}
{{- end }}
{{- if .Values.podDisruptionBudget.enabled }}
---
{{ include "courtside.podDisruptionBudget" . }}
{{- end }}
{{- if .Values.autoscaling.enabled }}
---
{{ include "courtside.horizontalPodAutoscaler" . }}
{{- end }}
{{- if .Values.keda.enabled }}
---
{{ include "courtside.scaledObject" . }}
{{- end }}
{{- if .Values.metrics.serviceMonitor.enabled }}
---
{{ include "courtside.serviceMonitor" . }}
{{- end }}
{{- if and $app.database (ne (include "courtside.migrations" .) "init") }}
---
{{ include "courtside.migration" . }}
{{- end }}
{{- include "courtside.extraObjects" . }}
{{- end -}}

{{- define "courtside.extraObjects" -}}
{{- range .Values.extraObjects }}
---
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Combinations that cannot work, said before anything is installed. */}}
{{- define "courtside.checks" -}}
{{- $app := include "courtside.app" . | fromJson -}}
{{- if and .Values.autoscaling.enabled .Values.keda.enabled -}}
{{- fail (printf "%s: autoscaling and keda both set how many replicas there are: enable one of them" .Chart.Name) -}}
{{- end -}}
{{- range $scale := list .Values.autoscaling .Values.keda -}}
{{- if and $scale.enabled (gt (int $scale.minReplicas) (int $scale.maxReplicas)) -}}
{{- fail (printf "%s: minReplicas %v is more than maxReplicas %v" $.Chart.Name $scale.minReplicas $scale.maxReplicas) -}}
{{- end -}}
{{- end -}}
{{- if .Values.keda.enabled -}}
{{- if not $app.bus -}}
{{- fail (printf "%s: keda scales by what waits on the bus, and this app is not on it: use autoscaling" .Chart.Name) -}}
{{- end -}}
{{- if and (eq .Values.global.redis.mode "external") (not (and .Values.global.redis.host .Values.global.redis.existingSecret)) -}}
{{- fail (printf "%s: keda asks an external Redis itself: it needs global.redis.host and global.redis.existingSecret" .Chart.Name) -}}
{{- end -}}
{{- end -}}
{{- if lt (int .Values.terminationGracePeriodSeconds) (add (int .Values.preStopSeconds) 20) -}}
{{- fail (printf "%s: terminationGracePeriodSeconds has to be preStopSeconds + 20 at least, so that work can be finished" .Chart.Name) -}}
{{- end -}}
{{- if and $app.bus (eq .Values.global.redis.mode "external") (not .Values.global.redis.host) (not .Values.existingSecret) -}}
{{- fail "global.redis.mode external needs global.redis.host, or an existingSecret that holds REDIS_URL" -}}
{{- end -}}
{{- if and $app.database (eq .Values.global.postgres.mode "external") (not .Values.global.postgres.host) (not .Values.existingSecret) -}}
{{- fail "global.postgres.mode external needs global.postgres.host, or an existingSecret that holds DATABASE_URL" -}}
{{- end -}}
{{- include "courtside.platformChecks" . -}}
{{- end -}}

{{/* What cannot work whatever the app is. */}}
{{- define "courtside.platformChecks" -}}
{{- $redis := .Values.global.redis -}}
{{- if and (eq $redis.mode "bundled") (or $redis.host $redis.tls (ne (int $redis.port) 6379)) -}}
{{- fail "global.redis.host, port and tls are for global.redis.mode external: the bundled one listens at 6379, without TLS" -}}
{{- end -}}
{{- $postgres := .Values.global.postgres -}}
{{- if and (ne $postgres.mode "external") (or $postgres.host (ne (int $postgres.port) 5432)) -}}
{{- fail "global.postgres.host and port are for global.postgres.mode external: others listen at 5432" -}}
{{- end -}}
{{- if and (eq $postgres.mode "bundled") (ne $postgres.sslmode "disable") -}}
{{- fail "global.postgres.sslmode is for an external or a cnpg one: the bundled one has no certificate" -}}
{{- end -}}
{{- $admin := .Values.global.firstAdmin -}}
{{- if and $admin.enabled (ne $admin.username "admin") (not $admin.existingSecret) -}}
{{- fail "global.firstAdmin.username needs global.firstAdmin.existingSecret, where that name stands too" -}}
{{- end -}}
{{- end -}}

{{/* The Jobs that the program `install` does: see apps/install. */}}

{{/* What is installed, for the Jobs that make secrets and roles: names, addresses, who stores what. */}}
{{- define "courtside.plan" -}}
{{- $global := .Values.global -}}
{{- $services := dict -}}
{{- range $name, $app := include "courtside.apps" . | fromJson -}}
{{- if $app.bus -}}
{{- $own := (index $.Values $name).existingSecret -}}
{{- $secret := $own | default (include "courtside.nameOf" (list $ $name)) -}}
{{- $_ := set $services $name (dict "secret" $secret "managed" (empty $own) "database" $app.database) -}}
{{- end -}}
{{- end -}}
{{- $bundledRedis := eq $global.redis.mode "bundled" -}}
{{- $redisSecret := $global.redis.existingSecret | default (ternary (include "courtside.nameOf" (list . "redis")) "" $bundledRedis) -}}
{{- $redisUrl := printf "%s://%s:%v" (ternary "rediss" "redis" $global.redis.tls) (include "courtside.redisHost" .) $global.redis.port -}}
{{- $postgresSecret := include "courtside.postgresSecret" . -}}
{{- $postgresUrl := printf "postgres://%s:%v/%s?sslmode=%s" (include "courtside.postgresHost" .) $global.postgres.port $global.postgres.database $global.postgres.sslmode -}}
{{- dict
  "namespace" .Release.Namespace
  "labels" (dict "app.kubernetes.io/part-of" "courtside" "courtside.dev/platform" (include "courtside.platform" .))
  "services" $services
  "bus" (dict "url" $redisUrl "secret" ($redisSecret | default nil) "managed" (empty $global.redis.existingSecret))
  "database" (dict "url" $postgresUrl "secret" ($postgresSecret | default nil) "managed" (empty $global.postgres.existingSecret))
  "firstAdmin" (ternary (dict "secret" (include "courtside.firstAdminSecret" .)) nil (eq (include "courtside.firstAdmin" .) "true"))
  | toPrettyJson -}}
{{- end -}}

{{- define "courtside.firstAdminSecret" -}}
{{- .Values.global.firstAdmin.existingSecret | default (include "courtside.nameOf" (list . "first-admin")) -}}
{{- end -}}

{{- define "courtside.postgresHost" -}}
{{- $postgres := .Values.global.postgres -}}
{{- $own := include "courtside.nameOf" (list . "postgres") -}}
{{- if eq $postgres.mode "cnpg" }}{{ printf "%s-rw" $own }}{{ else }}{{ $postgres.host | default $own }}{{ end -}}
{{- end -}}

{{/* Where the passwords of the roles are kept; empty where they are the operator's own business. */}}
{{- define "courtside.postgresSecret" -}}
{{- $postgres := .Values.global.postgres -}}
{{- if $postgres.existingSecret }}{{ $postgres.existingSecret -}}
{{- else if ne $postgres.mode "external" }}{{ include "courtside.nameOf" (list . "postgres") }}{{ end -}}
{{- end -}}

{{/* A container of `install`: (dict "context" $ "args" (list …) "mounts" "rendered" "env" "rendered"). */}}
{{- define "courtside.installContainer" -}}
{{- $install := .context.Values.install -}}
name: install
image: {{ include "courtside.image" (list .context $install.image) }}
imagePullPolicy: {{ $install.image.pullPolicy }}
args: {{ toJson .args }}
securityContext:
  {{- include "courtside.containerSecurity" . | nindent 2 }}
resources:
  {{- toYaml $install.resources | nindent 2 }}
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  {{- .mounts | nindent 2 }}
{{- end -}}


{{/*
Passwords of the database as files, the superuser's among them: (dict "context" $ "roles" true "more" (list …)).
CloudNativePG makes that one itself; those of the roles are made by us.
*/}}
{{- define "courtside.passwordsVolume" -}}
{{- $context := .context -}}
{{- $secret := include "courtside.postgresSecret" $context -}}
{{- $keys := list -}}
{{- if .roles -}}
{{- range $name, $app := include "courtside.apps" $context | fromJson -}}
{{- if $app.database }}{{ $key := printf "POSTGRES_PASSWORD_%s" ($name | upper | replace "-" "_") }}{{ $keys = append $keys (dict "key" $key "path" $key) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $postgres := $context.Values.global.postgres -}}
{{- $sources := list -}}
{{- if and (eq $postgres.mode "cnpg") (not $postgres.existingSecret) -}}
{{- if $keys }}{{ $sources = append $sources (dict "secret" (dict "name" $secret "items" $keys)) }}{{ end -}}
{{- $made := list (dict "key" "password" "path" "POSTGRES_PASSWORD") -}}
{{- $sources = append $sources (dict "secret" (dict "name" (printf "%s-superuser" $secret) "items" $made)) -}}
{{- else -}}
{{- $superuser := dict "key" "POSTGRES_PASSWORD" "path" "POSTGRES_PASSWORD" -}}
{{- $sources = append $sources (dict "secret" (dict "name" $secret "items" (append $keys $superuser))) -}}
{{- end -}}
{{- list (dict "name" "passwords" "projected" (dict "defaultMode" 288 "sources" (concat $sources (.more | default list)))) | toYaml -}}
{{- end -}}

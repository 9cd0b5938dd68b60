{{/* Where the settings that are secret are mounted, one file each. */}}
{{- define "courtside.secretsPath" -}}/etc/courtside/secrets{{- end -}}

{{- define "courtside.secretName" -}}
{{- .Values.existingSecret | default (include "courtside.fullname" .) -}}
{{- end -}}

{{/* What this chart's app is, as topology.yaml and its settings say: see _platform.tpl. */}}
{{- define "courtside.app" -}}
{{- $apps := include "courtside.apps" . | fromJson -}}
{{- index $apps .Chart.Name | toJson -}}
{{- end -}}

{{/*
The environment of an app: what a pod needs, its settings, its secrets as names of files:
(dict "context" $ "serves" true).
*/}}
{{- define "courtside.environment" -}}
{{- $serves := .serves -}}
{{- with .context -}}
{{- $app := include "courtside.app" . | fromJson -}}
{{- $fixed := dict "ADMIN_HOST" "0.0.0.0" "ADMIN_PORT" "9001" -}}
{{- if $app.door }}{{ $_ := merge $fixed (dict "HOST" "0.0.0.0" "PORT" "8080") }}{{ end -}}
{{- if $app.database }}{{ $_ := set $fixed "MIGRATE_ON_START" "false" }}{{ end -}}
{{- if $app.bus }}{{ $_ := set $fixed "BUS_PREFIX" $app.busPrefix }}{{ end -}}
{{- if and $serves (eq .Chart.Name "gateway") }}{{ $_ := merge $fixed (include "courtside.gatewaySettings" . | fromYaml) }}{{ end -}}
{{- if .Values.global.demo }}
{{- $_ := set $fixed "NODE_ENV" "development" }}
{{- if $app.database }}{{ $_ := set $fixed "DEMO" "true" }}{{ end -}}
{{- if eq .Chart.Name "users" }}{{ $_ := set $fixed "PROTECTED_USERS" "admin,user" }}{{ end -}}
{{- end }}
{{- range $key, $value := merge $fixed .Values.config }}
- name: {{ $key }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- range $key := $app.secrets }}
- name: {{ $key }}_FILE
  value: {{ include "courtside.secretsPath" $ }}/{{ $key }}
{{- end }}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
{{- if and $serves (eq .Chart.Name "users") (include "courtside.firstAdmin" .) }}
- name: FIRST_ADMIN
  value: {{ .Values.global.firstAdmin.username | quote }}
- name: FIRST_ADMIN_PASSWORD_FILE
  value: {{ include "courtside.secretsPath" . }}/FIRST_ADMIN_PASSWORD
{{- end }}
{{- with .Values.nodeOptions }}
- name: NODE_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* What the gateway is told of the charts beside it. */}}
{{- define "courtside.gatewaySettings" -}}
{{- $config := .Values.config -}}
{{- if and .Values.ingress.enabled .Values.ingress.tls.enabled (gt (int $config.TRUSTED_HOPS) 0) (not $config.HTTPS_PORT) -}}
HTTPS_PORT: "443"
{{ end -}}
ROUTES_CONFIGMAP_SELECTOR: courtside.dev/route-table={{ include "courtside.platform" . }}
{{- $app := include "courtside.app" . | fromJson -}}
{{- range $app.upstreams }}
{{ .setting }}: http://{{ include "courtside.nameOf" (list $ .name) }}
{{- end }}
{{- end -}}

{{/* Whether the first administrator is made; the demo has one already. */}}
{{- define "courtside.firstAdmin" -}}
{{- if and .Values.global.firstAdmin.enabled (not .Values.global.demo) }}true{{ end -}}
{{- end -}}

{{/* One directory for secrets, so that the files follow what changes in any of them: (dict "context" $ "serves" true). */}}
{{- define "courtside.secretVolume" -}}
{{- $context := .context -}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      - secret: { name: {{ include "courtside.secretName" $context }} }
      {{- if and .serves (eq $context.Chart.Name "users") (include "courtside.firstAdmin" $context) }}
      - secret:
          name: {{ include "courtside.firstAdminSecret" $context }}
          items: [{ key: password, path: FIRST_ADMIN_PASSWORD }]
      {{- end }}
{{- end -}}

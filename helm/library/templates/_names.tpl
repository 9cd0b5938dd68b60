{{/* The platform that a release belongs to: charts that are installed one by one name the same. */}}
{{- define "courtside.platform" -}}
{{- .Values.global.platform | default .Release.Name -}}
{{- end -}}

{{/*
Joins parts to a name that DNS takes: what is too long ends in a digest, so two never meet. 63 would do for
a Service; what controllers put behind a name (-rw, the revision of a StatefulSet in a label) leaves 50.
*/}}
{{- define "courtside.fit" -}}
{{- $name := join "-" . -}}
{{- if gt (len $name) 50 -}}
{{- printf "%s-%s" ($name | trunc 41 | trimSuffix "-") ($name | sha256sum | trunc 8) -}}
{{- else -}}
{{- $name -}}
{{- end -}}
{{- end -}}

{{/* The name of something of the platform: (list $ "redis") is courtside-redis. */}}
{{- define "courtside.nameOf" -}}
{{- $context := first . -}}
{{- include "courtside.fit" (prepend (rest .) (include "courtside.platform" $context)) -}}
{{- end -}}

{{/* The name of this chart's objects. */}}
{{- define "courtside.fullname" -}}
{{- include "courtside.nameOf" (list . .Chart.Name) -}}
{{- end -}}

{{/* What selects the pods of (list $ "name"); never changes, since a Deployment's selector may not. */}}
{{- define "courtside.selector" -}}
{{- $context := first . -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ $context.Release.Name }}
{{- end -}}

{{/* What selects pods of the platform by name, whatever release they came with. */}}
{{- define "courtside.peer" -}}
{{- $context := first . -}}
app.kubernetes.io/name: {{ index . 1 }}
courtside.dev/platform: {{ include "courtside.platform" $context }}
{{- end -}}

{{/* The labels of the pods of (list $ "name"): no version, so that nothing restarts that did not change. */}}
{{- define "courtside.podLabels" -}}
{{- $context := first . -}}
{{ include "courtside.selector" . }}
app.kubernetes.io/component: {{ index . 1 }}
app.kubernetes.io/part-of: courtside
courtside.dev/platform: {{ include "courtside.platform" $context }}
{{- end -}}

{{/* The labels of an object named (list $ "name"). */}}
{{- define "courtside.labels" -}}
{{- $context := first . -}}
{{ include "courtside.podLabels" . }}
app.kubernetes.io/managed-by: {{ $context.Release.Service }}
app.kubernetes.io/version: {{ $context.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" $context.Chart.Name $context.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The metadata of an object: (dict "context" $ "name" "…" "of" "users" "annotations" (dict …)). */}}
{{- define "courtside.metadata" -}}
name: {{ .name }}
namespace: {{ .context.Release.Namespace }}
labels:
  {{- include "courtside.labels" (list .context .of) | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

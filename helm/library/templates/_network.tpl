{{/* Nothing in, nothing out but what is named here. Rules come from topology.yaml: see _platform.tpl. */}}

{{/* Names are asked of the cluster's DNS, or of a cache of it on each node, which is no pod. */}}
{{- define "courtside.egressDns" -}}
{{- $dns := .Values.global.networkPolicy.dns -}}
- to:
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ $dns.namespace }} } }
      podSelector: { matchLabels: {{ toJson $dns.podLabels }} }
    {{- range $dns.nodeLocalCidrs }}
    - ipBlock: { cidr: {{ . }} }
    {{- end }}
  ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
{{- end -}}

{{/* A rule whose list is empty lets everybody through: who has none of these gets no rule. */}}
{{- define "courtside.cidrs" -}}
{{- range . }}
- ipBlock: { cidr: {{ . }} }
{{- end }}
{{- end -}}

{{- define "courtside.egressRedis" -}}
{{- $redis := .Values.global.redis -}}
{{- if or (eq $redis.mode "bundled") $redis.cidrs -}}
- to:
    {{- if eq $redis.mode "bundled" }}
    - podSelector: { matchLabels: {{ include "courtside.peer" (list . "redis") | fromYaml | toJson }} }
    {{- else }}
    {{- include "courtside.cidrs" $redis.cidrs | nindent 4 }}
    {{- end }}
  ports:
    - { port: {{ $redis.port }}, protocol: TCP }
    {{- range $redis.sentinelPorts }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- end -}}
{{- end -}}

{{- define "courtside.egressPostgres" -}}
{{- $postgres := .Values.global.postgres -}}
{{- if or (ne $postgres.mode "external") $postgres.cidrs -}}
- to:
    {{- if eq $postgres.mode "bundled" }}
    - podSelector: { matchLabels: {{ include "courtside.peer" (list . "postgres") | fromYaml | toJson }} }
    {{- else if eq $postgres.mode "cnpg" }}
    - podSelector: { matchLabels: { cnpg.io/cluster: {{ include "courtside.nameOf" (list . "postgres") }} } }
    {{- else }}
    {{- include "courtside.cidrs" $postgres.cidrs | nindent 4 }}
    {{- end }}
  ports: [{ port: {{ $postgres.port }}, protocol: TCP }]
{{- end -}}
{{- end -}}

{{/* Policies see addresses after a Service is translated: those of the API servers themselves. */}}
{{- define "courtside.egressKubernetes" -}}
{{- $api := .Values.global.networkPolicy.apiServer -}}
{{- if and $api.cidrs $api.ports -}}
- to:
    {{- include "courtside.cidrs" $api.cidrs | nindent 4 }}
  ports:
    {{- range $api.ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- end -}}
{{- end -}}

{{/* Addresses of the internet, and none of the networks that a cluster lives in. */}}
{{- define "courtside.egressInternet" -}}
{{- if .Values.global.networkPolicy.internetPorts -}}
- to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except: {{ toJson .Values.global.networkPolicy.privateCidrs }}
  ports:
    {{- range .Values.global.networkPolicy.internetPorts }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- end -}}
{{- end -}}

{{/* Whoever reads metrics, and nobody else, reaches the admin port; probes come from the node. */}}
{{- define "courtside.ingressMetrics" -}}
{{- with .Values.global.networkPolicy.monitoringNamespaces }}
- from:
    - namespaceSelector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: In, values: {{ toJson . }} }] }
  ports: [{ port: 9001, protocol: TCP }]
{{- end }}
{{- end -}}

{{/* The way in: from the ingress controllers, and from what `helm test` runs. */}}
{{- define "courtside.ingressDoor" -}}
{{- $network := .Values.global.networkPolicy -}}
- from:
    {{- with $network.ingressNamespaces }}
    - namespaceSelector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: In, values: {{ toJson . }} }] }
    {{- end }}
    {{- include "courtside.cidrs" $network.ingressCidrs | nindent 4 }}
    - podSelector: { matchLabels: {{ include "courtside.peer" (list . "journey") | fromYaml | toJson }} }
  ports: [{ port: 8080, protocol: TCP }]
{{- end -}}

{{- define "courtside.networkPolicy" -}}
{{- $app := include "courtside.app" . | fromJson -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "courtside.metadata" (dict "context" . "name" (include "courtside.fullname" .) "of" .Chart.Name) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "courtside.selector" (list . .Chart.Name) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- if eq $app.reachedBy "ingress" }}
    {{- include "courtside.ingressDoor" . | nindent 4 }}
    {{- else if $app.door }}
    - from:
        - podSelector: { matchLabels: {{ include "courtside.peer" (list . $app.reachedBy) | fromYaml | toJson }} }
      ports: [{ port: 8080, protocol: TCP }]
    {{- end }}
    {{- include "courtside.ingressMetrics" . | nindent 4 }}
    {{- with .Values.networkPolicy.extraIngress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  egress:
    {{- if or $app.bus $app.upstreams $app.outside }}
    {{- include "courtside.egressDns" . | nindent 4 }}
    {{- end }}
    {{- if $app.bus }}
    {{- include "courtside.egressRedis" . | nindent 4 }}
    {{- end }}
    {{- if $app.database }}
    {{- include "courtside.egressPostgres" . | nindent 4 }}
    {{- end }}
    {{- range $app.upstreams }}
    - to:
        - podSelector: { matchLabels: {{ include "courtside.peer" (list $ .name) | fromYaml | toJson }} }
      ports: [{ port: 8080, protocol: TCP }]
    {{- end }}
    {{- if $app.kubernetes }}
    {{- include "courtside.egressKubernetes" . | nindent 4 }}
    {{- end }}
    {{- if $app.outside }}
    {{- include "courtside.egressInternet" . | nindent 4 }}
    {{- end }}
    {{- with .Values.networkPolicy.extraEgress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/*
The policy of a Job's pods: (dict "context" $ "of" "users-migrate" "egress" (list "courtside.egressPostgres")
"annotations" … "more" (list …)).
*/}}
{{- define "courtside.jobNetworkPolicy" -}}
{{- $context := .context -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "courtside.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "courtside.selector" (list .context .of) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  egress:
    {{- range .egress }}
    {{- include . $context | nindent 4 }}
    {{- end }}
    {{- with .more }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

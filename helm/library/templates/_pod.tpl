{{/* The image of a pod: (list $ .Values.image). A digest wins over what its tag may become. */}}
{{- define "courtside.image" -}}
{{- $context := first . -}}
{{- $image := index . 1 -}}
{{- $registry := $context.Values.global.imageRegistry | default $image.registry -}}
{{- with $registry }}{{ . }}/{{ end -}}
{{- $image.repository -}}:{{- $image.tag | default $context.Chart.AppVersion -}}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{- define "courtside.pullSecrets" -}}
{{- $context := first . -}}
{{- with concat $context.Values.global.imagePullSecrets (index . 1).imagePullSecrets | uniq }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Pod Security "restricted", and a user that no file of a node belongs to. */}}
{{- define "courtside.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "courtside.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{/* What any pod of ours has, whatever runs in it: (dict "context" $ "account" "name" "placing" .Values.install). */}}
{{- define "courtside.podBase" -}}
{{- $values := .placing | default .context.Values -}}
serviceAccountName: {{ .account }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "courtside.podSecurity" . | nindent 2 }}
{{- include "courtside.pullSecrets" (list .context $values) }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Replicas apart from each other, as far as there are nodes and zones: (list $ "users"). */}}
{{- define "courtside.spread" -}}
{{- $context := first . -}}
{{- $values := $context.Values -}}
{{- $selector := include "courtside.selector" . | fromYaml -}}
topologySpreadConstraints:
  {{- range $key := $values.topologySpread.keys }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: {{ $values.topologySpread.whenUnsatisfiable }}
    labelSelector: { matchLabels: {{ toJson $selector }} }
    matchLabelKeys: [pod-template-hash]
  {{- end }}
affinity:
  {{- if $values.affinity }}
  {{- toYaml $values.affinity | nindent 2 }}
  {{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector: { matchLabels: {{ toJson $selector }} }
  {{- end }}
{{- end -}}

{{/* A token of the API server that ends, for pods that speak to it; all others have none. */}}
{{- define "courtside.tokenVolume" -}}
- name: api-token
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken: { path: token, expirationSeconds: 3600 }
      - configMap:
          name: kube-root-ca.crt
          items: [{ key: ca.crt, path: ca.crt }]
      - downwardAPI:
          items: [{ path: namespace, fieldRef: { fieldPath: metadata.namespace } }]
{{- end -}}

{{- define "courtside.tokenMount" -}}
- name: api-token
  mountPath: /var/run/secrets/kubernetes.io/serviceaccount
  readOnly: true
{{- end -}}

{{- define "courtside.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "courtside.metadata" . | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}

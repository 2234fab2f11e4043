{{/* The retention of each group of topics, and of single topics. JSON by the names that `sluice topics apply` knows. */}}
{{- define "sluice.retentions" -}}
{{- $retention := .Values.topics.retention -}}
{{- $groups := dict "raw" $retention.raw "canonical" $retention.canonical "dead-letter" $retention.deadLetter -}}
{{- merge (deepCopy $retention.topics) $groups | toJson -}}
{{- end -}}

{{/* Runs the steps one after the other: all but the last as init containers. Given a dict of root, component, steps, place. */}}
{{- define "sluice.releaseTemplate" -}}
{{- $root := .root -}}
{{- $place := .place -}}
metadata:
  labels:
    {{- include "sluice.podLabels" (list $root .component $root.Values.release.podLabels) | nindent 4 }}
  {{- with $root.Values.release.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  restartPolicy: Never
  # No account of the chart: before the first install there is none. The token is not mounted in any case.
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- include "sluice.podSecurity" (list $root $root.Values.release) | nindent 4 }}
  {{- if gt (len .steps) 1 }}
  initContainers:
    {{- range initial .steps }}
    {{- include "sluice.releaseStep" (dict "root" $root "step" . "place" $place) | nindent 4 }}
    {{- end }}
  {{- end }}
  containers:
    {{- include "sluice.releaseStep" (dict "root" $root "step" (last .steps) "place" $place) | nindent 4 }}
  volumes:
    {{- include "sluice.volumes" (merge (dict "sources" "") $place) | nindent 4 }}
  {{- include "sluice.scheduling" $root.Values.release | indent 2 }}
{{- end -}}

{{- define "sluice.releaseStep" -}}
{{- $root := .root -}}
{{- $place := .place -}}
- name: {{ .step.name }}
  image: {{ include "sluice.image" $root | quote }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  args:
    {{- range concat (list "sluice") .step.args }}
    - {{ . | quote }}
    {{- end }}
  env:
    - name: SLUICE_STREAM
      value: {{ $root.Values.stream }}
    {{- range .step.env }}
    {{- include . $place | nindent 4 }}
    {{- end }}
    {{- include "sluice.trustEnv" $root | indent 4 }}
  resources:
    {{- toYaml $root.Values.release.resources | nindent 4 }}
  securityContext:
    {{- include "sluice.containerSecurity" (list $root $root.Values.release) | nindent 4 }}
  volumeMounts:
    {{- $user := ternary $place.kafka "" (has "sluice.kafkaEnv" .step.env) }}
    {{- include "sluice.mounts" (dict "root" $root "sources" "" "own" $place.own "kafka" $user) | nindent 4 }}
{{- end -}}

{{/* Where a pod runs. Given values that have these. */}}
{{- define "sluice.scheduling" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* The release's, with what a component has of its own. Given (list root component-values). */}}
{{- define "sluice.podSecurity" -}}
{{- mergeOverwrite (deepCopy (index . 0).Values.podSecurityContext) (index . 1).podSecurityContext | toYaml -}}
{{- end -}}

{{- define "sluice.containerSecurity" -}}
{{- mergeOverwrite (deepCopy (index . 0).Values.securityContext) (index . 1).securityContext | toYaml -}}
{{- end -}}

{{/* What every container mounts, of what `sluice.volumes` names. Given the same dict. */}}
{{- define "sluice.mounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .sources }}
- name: sources
  mountPath: /etc/sluice/sources
  readOnly: true
{{- end }}
{{- if .panels }}
- name: panels
  mountPath: /etc/sluice/panels
  readOnly: true
{{- end }}
{{- if include "sluice.trusts" .root }}
- name: trust
  mountPath: /etc/sluice/trust
  readOnly: true
{{- end }}
{{- if include "sluice.kafkaVolume" . }}
- name: kafka
  mountPath: /etc/sluice/kafka
  readOnly: true
{{- end }}
{{- end -}}

{{/* What the volume `kafka` holds; nothing for a pod that does not log in. */}}
{{- define "sluice.kafkaVolume" -}}
{{- if .kafka -}}{{- include "sluice.kafkaFiles" (dict "root" .root "key" .kafka "own" .own) | trim -}}{{- end -}}
{{- end -}}

{{/*
Given a dict of root, panels (whether they are mounted), own (the Secret that holds what stands in the values), kafka (the
component whose user the pod is to Kafka, or nothing), and sources: "all", with the vendors' secrets, "file", the sources
file alone, or nothing.
*/}}
{{- define "sluice.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 32Mi
{{- if .sources }}
# A volume, whole or by items: files that are mounted by subPath would not follow a change.
- name: sources
  secret:
    secretName: {{ include "sluice.sourcesSecret" .root }}
    defaultMode: 0440
    {{- if eq .sources "file" }}
    items:
      - key: sources.yaml
        path: sources.yaml
    {{- end }}
{{- end }}
{{- if .panels }}
- name: panels
  secret:
    secretName: {{ .root.Values.agentPanel.existingSecret }}
    defaultMode: 0440
{{- end }}
{{- $trust := .root.Values.trust }}
{{- if $trust.existingConfigMap }}
- name: trust
  configMap:
    name: {{ $trust.existingConfigMap }}
{{- else if include "sluice.trusts" .root }}
- name: trust
  secret:
    secretName: {{ default .own $trust.existingSecret }}
    items:
      - key: {{ ternary $trust.key "ca.crt" (not (empty $trust.existingSecret)) }}
        path: {{ $trust.key }}
{{- end }}
{{- with include "sluice.kafkaVolume" . }}
- name: kafka
  projected:
    defaultMode: 0440
    sources:
      {{- . | nindent 6 }}
{{- end }}
{{- end -}}

{{/* How long ingress waits at most for its spool before it is told to stop, in seconds; others give balancers a moment. */}}
{{- define "sluice.preStopSeconds" -}}
{{- $root := index . 0 -}}
{{- $spool := $root.Values.ingress.spool -}}
{{- if and (eq (index . 1) "ingress") (include "sluice.spoolEnabled" $root) -}}
{{- ternary $spool.drainSeconds (max $spool.drainSeconds $spool.scaleInDrainSeconds) (eq $root.Values.autoscaling.mode "none") -}}
{{- else if eq (index . 1) "ingress" -}}
8
{{- else -}}
0
{{- end -}}
{{- end -}}

{{/* What ingress does before it stops. Two seconds are left for the command itself. Given (list root key). */}}
{{- define "sluice.preStop" -}}
{{- $values := (index . 0).Values -}}
{{- $waits := list "sluice" "spool" "wait" "--at-least" "5" -}}
{{- if not (include "sluice.spoolEnabled" (index . 0)) -}}
{{- concat $waits (list "--within" "6") | toJson -}}
{{- else -}}
{{- /* One scrape, and a little more. */}}
{{- $shown := add 5 (div (include "sluice.milliseconds" $values.podMonitor.interval | int64) 1000) -}}
{{- $waits = concat $waits (list "--shown-for" (toString $shown) "--within" (sub $values.ingress.spool.drainSeconds 2 | toString)) -}}
{{- if ne $values.autoscaling.mode "none" -}}
{{- $waits = concat $waits (list "--may-go-from" (toString $values.ingress.autoscaling.minReplicas) "--may-go-within" (sub (include "sluice.preStopSeconds" . | int) 2 | toString)) -}}
{{- end -}}
{{- toJson $waits -}}
{{- end -}}
{{- end -}}

{{/* The pod of a service: one for all. Given (list root key). */}}
{{- define "sluice.pod" -}}
{{- $root := index . 0 -}}
{{- $key := index . 1 -}}
{{- $name := kebabcase $key -}}
{{- $component := index $root.Values $key -}}
{{- $sources := get (dict "ingress" "all" "normalizer" "file") $key -}}
{{- $panels := eq $key "agentPanel" -}}
{{- $mounted := dict "root" $root "sources" $sources "panels" $panels "own" (include "sluice.credentials" $root) "kafka" (ternary "" $key $panels) -}}
{{- $preStop := include "sluice.preStopSeconds" . | int -}}
{{- $certificate := (get $component "tls" | default dict).existingSecret -}}
metadata:
  labels:
    {{- include "sluice.podLabels" (list $root $name $component.podLabels) | nindent 4 }}
  annotations:
    {{- if include "sluice.inlineCredentials" $root }}
    checksum/credentials: {{ include "sluice.inlineCredentials" $root | sha256sum }}
    {{- end }}
    kubectl.kubernetes.io/default-container: {{ $name }}
    {{- with $component.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "sluice.serviceAccount" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- include "sluice.podSecurity" (list $root $component) | nindent 4 }}
  # What comes before the stop, the stop, and what the container's end itself takes.
  terminationGracePeriodSeconds: {{ add $preStop $root.Values.stopDeadlineSeconds 5 }}
  {{- with $component.initContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ $name }}
      image: {{ include "sluice.image" $root | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: [{{ $name }}]
      env:
        {{- include "sluice.serviceEnv" . | nindent 8 }}
      ports:
        {{- if has $key (list "ingress" "agentPanel") }}
        - name: http
          containerPort: 8080
        {{- end }}
        - name: ops
          containerPort: 9090
      startupProbe:
        httpGet: {path: /livez, port: ops}
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: {path: /livez, port: ops}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /readyz, port: ops}
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      {{- if $preStop }}
      lifecycle:
        preStop:
          exec:
            # While it waits no push comes any more, and the spool drains; the stop itself would not wait for it.
            command: {{ include "sluice.preStop" . }}
      {{- end }}
      resources:
        {{- toYaml $component.resources | nindent 8 }}
      securityContext:
        {{- include "sluice.containerSecurity" (list $root $component) | nindent 8 }}
      volumeMounts:
        {{- include "sluice.mounts" $mounted | nindent 8 }}
        {{- if and (eq $key "ingress") (include "sluice.spoolEnabled" $root) }}
        - name: spool
          mountPath: /var/spool/sluice
        {{- end }}
        {{- if $certificate }}
        - name: tls
          mountPath: /etc/sluice/tls
          readOnly: true
        {{- end }}
        {{- with $component.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with $component.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    {{- with $component.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- include "sluice.volumes" $mounted | nindent 4 }}
    {{- with $certificate }}
    - name: tls
      secret:
        secretName: {{ . }}
        defaultMode: 0440
    {{- end }}
  {{- if kindIs "invalid" $component.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- range $topology := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ $topology }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "sluice.selector" (list $root $name) | nindent 10 }}
    {{- end }}
  {{- else if $component.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- range $component.topologySpreadConstraints }}
    - {{ toYaml (merge (deepCopy .) (dict "labelSelector" (dict "matchLabels" (include "sluice.selector" (list $root $name) | fromYaml)))) | nindent 6 | trim }}
    {{- end }}
  {{- end }}
  {{- include "sluice.scheduling" $component | indent 2 }}
{{- end -}}

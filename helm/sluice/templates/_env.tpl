{{/* A password: from somebody's Secret, or from the chart's own. Given a dict of name, inline, existing, key, own, ownKey. */}}
{{- define "sluice.password" -}}
{{- if or .inline .existing }}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ default .own .existing }}
      key: {{ ternary .key .ownKey (not (empty .existing)) }}
{{- end }}
{{- end -}}

{{- define "sluice.credentials" -}}
{{- printf "%s-credentials" (include "sluice.fullname" .) -}}
{{- end -}}

{{/*
Who a component is to Kafka. Given (list root key). JSON: username, secret (empty: the chart's own) and key of the password,
where there is SASL; certificate (empty: none), certKey and keyKey of the client's certificate. Strimzi's user of the toolbox is the operator of
docs/reference/kafka-acls.md.
*/}}
{{- define "sluice.kafkaUser" -}}
{{- $root := index . 0 -}}
{{- $key := index . 1 -}}
{{- $kafka := $root.Values.kafka -}}
{{- $own := (index $root.Values $key).kafka -}}
{{- $passwordKey := ternary "kafka-password" $kafka.sasl.passwordKey (empty $kafka.sasl.existingSecret) -}}
{{- $user := dict "username" $kafka.sasl.username "secret" $kafka.sasl.existingSecret "key" $passwordKey -}}
{{- $certificate := dict "certificate" $kafka.tls.existingSecret "certKey" $kafka.tls.certKey "keyKey" $kafka.tls.keyKey -}}
{{- if $root.Values.strimzi.users.enabled -}}
{{- $name := printf "%s-%s" (include "sluice.fullname" $root) (ternary "operator" (kebabcase $key) (eq $key "toolbox")) -}}
{{- if eq $root.Values.strimzi.users.authentication "tls" -}}
{{- $certificate = dict "certificate" $name "certKey" "user.crt" "keyKey" "user.key" -}}
{{- else -}}
{{- $user = dict "username" $name "secret" $name "key" "password" -}}
{{- end -}}
{{- end -}}
{{- if $own.sasl.username -}}
{{- $user = dict "username" $own.sasl.username "secret" $own.sasl.existingSecret "key" $own.sasl.passwordKey -}}
{{- end -}}
{{- if $own.tls.existingSecret -}}
{{- $certificate = dict "certificate" $own.tls.existingSecret "certKey" $kafka.tls.certKey "keyKey" $kafka.tls.keyKey -}}
{{- end -}}
{{- merge $user $certificate | toJson -}}
{{- end -}}

{{/* Given a dict of root and key. What it reads from files, `sluice.kafkaFiles` mounts. */}}
{{- define "sluice.kafkaEnv" -}}
{{- $kafka := .root.Values.kafka -}}
{{- $user := include "sluice.kafkaUser" (list .root .key) | fromJson -}}
- name: SLUICE_KAFKA_BROKERS
  value: {{ join "," $kafka.brokers | quote }}
- name: SLUICE_KAFKA_CLIENT
  value: {{ $kafka.client }}
- name: SLUICE_KAFKA_COMPRESSION
  value: {{ $kafka.compression }}
- name: SLUICE_KAFKA_TLS
  value: {{ ternary "on" "off" $kafka.tls.enabled | quote }}
{{- if $kafka.tls.caSecret }}
- name: SLUICE_KAFKA_TLS_CA_FILE
  value: /etc/sluice/kafka/ca.crt
{{- end }}
{{- if $user.certificate }}
- name: SLUICE_KAFKA_TLS_CERT_FILE
  value: /etc/sluice/kafka/tls.crt
- name: SLUICE_KAFKA_TLS_KEY_FILE
  value: /etc/sluice/kafka/tls.key
{{- end }}
{{- with $kafka.sasl }}
{{- if .mechanism }}
- name: SLUICE_KAFKA_SASL_MECHANISM
  value: {{ .mechanism }}
- name: SLUICE_KAFKA_USERNAME
  value: {{ $user.username | quote }}
- name: SLUICE_KAFKA_PASSWORD_FILE
  value: /etc/sluice/kafka/password
{{- end }}
{{- if .oauth.tokenUrl }}
- name: SLUICE_KAFKA_OAUTH_TOKEN_URL
  value: {{ .oauth.tokenUrl | quote }}
{{- end }}
{{- if .oauth.scope }}
- name: SLUICE_KAFKA_OAUTH_SCOPE
  value: {{ .oauth.scope | quote }}
{{- end }}
{{- if .oauth.audience }}
- name: SLUICE_KAFKA_OAUTH_AUDIENCE
  value: {{ .oauth.audience | quote }}
{{- end }}
{{- if .oauth.extensions }}
- name: SLUICE_KAFKA_OAUTH_EXTENSIONS
  value: {{ include "sluice.oauthExtensions" $kafka | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* `name=value`, separated by commas. Given the values of Kafka. */}}
{{- define "sluice.oauthExtensions" -}}
{{- $pairs := list -}}
{{- range $name, $value := .sasl.oauth.extensions -}}{{- $pairs = append $pairs (printf "%s=%s" $name $value) -}}{{- end -}}
{{- join "," $pairs -}}
{{- end -}}

{{/* The files by which a pod logs in to Kafka, as sources of a projected volume; nothing where it needs none. Given a dict
of root, key, own (the Secret that holds what stands in the values). */}}
{{- define "sluice.kafkaFiles" -}}
{{- $tls := .root.Values.kafka.tls -}}
{{- $user := include "sluice.kafkaUser" (list .root .key) | fromJson -}}
{{- if .root.Values.kafka.sasl.mechanism }}
- secret:
    name: {{ default .own $user.secret }}
    items: [{key: {{ $user.key }}, path: password}]
{{- end }}
{{- if $user.certificate }}
- secret:
    name: {{ $user.certificate }}
    items: [{key: {{ $user.certKey }}, path: tls.crt}, {key: {{ $user.keyKey }}, path: tls.key}]
{{- end }}
{{- if $tls.caSecret }}
- secret:
    name: {{ $tls.caSecret }}
    items: [{key: {{ $tls.caKey }}, path: ca.crt}]
{{- end }}
{{- end -}}

{{- define "sluice.registryEnv" -}}
{{- $registry := .root.Values.registry -}}
- name: SLUICE_REGISTRY_URL
  value: {{ $registry.url | quote }}
{{- if ne $registry.subjects "topic" }}
- name: SLUICE_REGISTRY_SUBJECTS
  value: {{ $registry.subjects }}
{{- end }}
{{- if $registry.username }}
- name: SLUICE_REGISTRY_USERNAME
  value: {{ $registry.username | quote }}
{{- end }}
{{- if $registry.tokenKey }}
{{- include "sluice.password" (dict "name" "SLUICE_REGISTRY_TOKEN" "inline" "" "existing" $registry.existingSecret "key" $registry.tokenKey "own" "" "ownKey" "") }}
{{- else }}
{{- include "sluice.password" (dict "name" "SLUICE_REGISTRY_PASSWORD" "inline" $registry.password "existing" $registry.existingSecret "key" $registry.passwordKey "own" .own "ownKey" "registry-password") }}
{{- end }}
{{- end -}}

{{/* Where a store is. Given a dict of root, key, own, and the store's name. The agent panel may have a login of its own, which
may read alone. */}}
{{- define "sluice.storeEnv" -}}
{{- $name := .store -}}
{{- $store := index .root.Values $name -}}
{{- if eq .key "agentPanel" -}}
{{- $own := index .root.Values.agentPanel $name -}}
{{- if $own.existingSecret -}}
{{- $store = merge (dict "url" $store.url "password" "") $own -}}
{{- end -}}
{{- end -}}
{{- $variable := printf "SLUICE_%s" (upper $name) -}}
- name: {{ $variable }}_URL
  value: {{ $store.url | quote }}
{{- if $store.username }}
- name: {{ $variable }}_USERNAME
  value: {{ $store.username | quote }}
{{- end }}
{{- if $store.apiKeyKey }}
{{- include "sluice.password" (dict "name" (printf "%s_API_KEY" $variable) "inline" "" "existing" $store.existingSecret "key" $store.apiKeyKey "own" "" "ownKey" "") }}
{{- else }}
{{- include "sluice.password" (dict "name" (printf "%s_PASSWORD" $variable) "inline" $store.password "existing" $store.existingSecret "key" $store.passwordKey "own" .own "ownKey" (printf "%s-password" $name)) }}
{{- end }}
{{- end -}}

{{/* Where the stores of all enabled sinks are. Given a dict of root, key, own. */}}
{{- define "sluice.storesEnv" -}}
{{- $place := . -}}
{{- range $at, $sink := include "sluice.enabledSinks" .root | fromJsonArray -}}
{{- if $at }}
{{ end -}}
{{- include "sluice.storeEnv" (merge (dict "store" $sink.store) $place) -}}
{{- with (index $place.root.Values $sink.store).cluster }}
- name: {{ printf "SLUICE_%s_CLUSTER" (upper $sink.store) }}
  value: {{ . | quote }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "sluice.trusts" -}}
{{- with .Values.trust -}}{{- if or .pem .existingSecret .existingConfigMap -}}true{{- end -}}{{- end -}}
{{- end -}}

{{- define "sluice.trustEnv" -}}
{{- if include "sluice.trusts" . }}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/sluice/trust/{{ .Values.trust.key }}
{{- end }}
{{- end -}}

{{/*
The heap gets half of the pod's memory: without a bound V8 leaves garbage until the pod is ended for it. Given resources.
*/}}
{{- define "sluice.heapEnv" -}}
{{- with (.limits).memory }}
- name: NODE_OPTIONS
  value: {{ printf "--max-old-space-size=%d" (div (include "sluice.bytes" . | int64) 2097152) }}
{{- end }}
{{- end -}}

{{/* OpenTelemetry's own variables. */}}
{{- define "sluice.tracingEnv" -}}
{{- with .Values.tracing }}
{{- if .endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .endpoint | quote }}
- name: OTEL_TRACES_SAMPLER
  value: parentbased_traceidratio
- name: OTEL_TRACES_SAMPLER_ARG
  value: {{ .ratio | toString | quote }}
{{- if .existingSecret }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret }}
      key: {{ .headersKey }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The whole environment of a service. Given (list root key). Every variable is one of docs/reference/configuration.md. */}}
{{- define "sluice.serviceEnv" -}}
{{- $root := index . 0 -}}
{{- $key := index . 1 -}}
{{- $values := $root.Values -}}
{{- $component := index $values $key -}}
{{- $place := dict "root" $root "key" $key "own" (include "sluice.credentials" $root) -}}
{{- if ne $key "agentPanel" }}
{{- include "sluice.kafkaEnv" $place }}
{{ include "sluice.registryEnv" $place }}
{{- end }}
- name: SLUICE_LOG_LEVEL
  value: {{ $values.logLevel }}
- name: SLUICE_OPS_PORT
  value: '9090'
{{- include "sluice.heapEnv" $component.resources }}
- name: SLUICE_STOP_DEADLINE_MS
  value: {{ mul $values.stopDeadlineSeconds 1000 | quote }}
{{- if (get $component "tls" | default dict).existingSecret }}
- name: SLUICE_TLS_CERT_FILE
  value: /etc/sluice/tls/tls.crt
- name: SLUICE_TLS_KEY_FILE
  value: /etc/sluice/tls/tls.key
{{- end }}
{{- if not (has $key (list "ingress" "agentPanel")) }}
- name: SLUICE_STREAM
  value: {{ $values.stream }}
{{- end }}
{{- if has $key (list "ingress" "normalizer") }}
- name: SLUICE_SOURCES_FILE
  value: /etc/sluice/sources/sources.yaml
{{- end }}
{{- if eq $key "ingress" }}
- name: SLUICE_PORT
  value: '8080'
{{- if include "sluice.spoolEnabled" $root }}
- name: SLUICE_SPOOL_FOLDER
  value: /var/spool/sluice/records
- name: SLUICE_SPOOL_MAX_BYTES
  value: {{ div (mul (include "sluice.bytes" $component.spool.size) 4) 5 | quote }}
{{- end }}
{{- else if eq $key "agentPanel" }}
- name: SLUICE_PORT
  value: '8080'
- name: SLUICE_PANELS_FILE
  value: /etc/sluice/panels/panels.yaml
{{ include "sluice.storeEnv" (merge (dict "store" "elasticsearch") $place) }}
{{- end }}
{{- range include "sluice.sinks" $root | fromJsonArray }}
{{- if eq .key $key }}
{{ include "sluice.storeEnv" (merge (dict "store" .store) $place) }}
{{- $retention := (index $values .store).retention }}
{{- if and .expiresByCommand $retention }}
- name: SLUICE_{{ upper .store }}_RETENTION_MS
  value: {{ include "sluice.milliseconds" $retention | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- include "sluice.trustEnv" $root }}
{{- if ne $key "agentPanel" }}
{{- include "sluice.tracingEnv" $root }}
{{- end }}
{{- range $name, $value := $component.settings }}
- name: SLUICE_{{ $name | snakecase | upper }}
  {{- if kindIs "slice" $value }}
  value: {{ join "," $value | quote }}
  {{- else }}
  value: {{ ternary ($value | int64 | toString) ($value | toString) (kindIs "float64" $value) | quote }}
  {{- end }}
{{- end }}
{{- with $component.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The sources file is there for who needs it, unless the release runs sinks alone and names none. */}}
{{- define "sluice.hasSources" -}}
{{- with .Values.sources -}}{{- if or .existingSecret .list -}}true{{- end -}}{{- end -}}
{{- end -}}

{{/* Where pods of the release reach ingress. Given the root. */}}
{{- define "sluice.ingressUrl" -}}
{{- $ingress := .Values.ingress -}}
{{- $scheme := ternary "https" "http" (not (empty $ingress.tls.existingSecret)) -}}
{{- default (printf "%s://%s-ingress:%v" $scheme (include "sluice.fullname" .) $ingress.service.port) $ingress.url -}}
{{- end -}}

{{/* The environment of the toolbox: what the command line asks every server of the release with. Given the root. */}}
{{- define "sluice.toolboxEnv" -}}
{{- $values := .Values -}}
{{- $place := dict "root" . "key" "toolbox" "own" (include "sluice.credentials" .) -}}
- name: SLUICE_STREAM
  value: {{ $values.stream }}
{{ include "sluice.kafkaEnv" $place }}
{{ include "sluice.registryEnv" $place }}
{{- with include "sluice.storesEnv" $place }}
{{ . }}
{{- end }}
{{- if include "sluice.hasSources" . }}
- name: SLUICE_SOURCES_FILE
  value: /etc/sluice/sources/sources.yaml
{{- end }}
{{- if $values.ingress.enabled }}
- name: SLUICE_INGRESS_URL
  value: {{ include "sluice.ingressUrl" . }}
# Every pod that the name stands for is asked.
- name: SLUICE_INGRESS_OPS_URLS
  value: http://{{ include "sluice.fullname" . }}-ingress-pods:9090
{{- end }}
{{- include "sluice.trustEnv" . }}
{{- include "sluice.heapEnv" $values.toolbox.resources }}
{{- with $values.ingress.extraEnv }}
# The sources may name some of it.
{{ toYaml . }}
{{- end }}
{{- with $values.toolbox.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What does not go together, a sentence for each. Included by the first template that is rendered of any release. */}}
{{- define "sluice.checks" -}}
{{- $values := .Values -}}
{{- $problems := list -}}

{{- if not $values.kafka.brokers -}}
{{- $problems = append $problems "kafka.brokers is empty: name at least one broker as host:port." -}}
{{- end -}}
{{- if not $values.registry.url -}}
{{- $problems = append $problems "registry.url is empty: name the schema registry." -}}
{{- end -}}
{{- $sinks := include "sluice.sinks" . | fromJsonArray -}}
{{- $stores := dict -}}
{{- $retentions := list -}}
{{- range $sinks -}}
{{- $store := index $values .store -}}
{{- $_ := set $stores .store $store -}}
{{- if $store.retention -}}{{- $retentions = append $retentions (printf "%s.retention" .store) -}}{{- end -}}
{{- if and (index $values .key).enabled (not $store.url) -}}
{{- $problems = append $problems (printf "%s.url is empty: name the server, or set %s.enabled to false." .store .key) -}}
{{- end -}}
{{- end -}}

{{- with $values.agentPanel -}}
{{- if and .enabled (not $values.elasticsearch.url) -}}
{{- $problems = append $problems "elasticsearch.url is empty: name the server that the agent panel reads, or set agentPanel.enabled to false." -}}
{{- end -}}
{{- if and .enabled (not .existingSecret) -}}
{{- $problems = append $problems "agentPanel.existingSecret is empty: name a Secret with panels.yaml and the files that it names." -}}
{{- end -}}
{{- with .elasticsearch -}}
{{- if or (and .username .apiKeyKey) (ne (empty .existingSecret) (and (empty .username) (empty .apiKeyKey))) -}}
{{- $problems = append $problems "agentPanel.elasticsearch needs existingSecret and one of username and apiKeyKey, or none of the three." -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- range $path, $place := merge (dict "kafka.sasl" $values.kafka.sasl "registry" $values.registry) $stores -}}
{{- if and $place.password $place.existingSecret -}}
{{- $problems = append $problems (printf "%s.password and %s.existingSecret are both set: keep one of them." $path $path) -}}
{{- end -}}
{{- end -}}
{{- range $path, $key := dict "registry" "tokenKey" "elasticsearch" "apiKeyKey" -}}
{{- with index $values $path -}}
{{- if and (index . $key) (or .username .password (not .existingSecret)) -}}
{{- $problems = append $problems (printf "%s.%s is a key of %s.existingSecret: name that, and leave %s.username and %s.password empty." $path $key $path $path $path) -}}
{{- end -}}
{{- if and .username (not (or .password .existingSecret)) -}}
{{- $problems = append $problems (printf "%s.username is set: one of %s.password and %s.existingSecret is needed too." $path $path $path) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $path, $place := merge (dict "registry" $values.registry) $stores -}}
{{- if and (or $place.password $place.existingSecret) (not (or $place.username $place.tokenKey $place.apiKeyKey)) -}}
{{- $problems = append $problems (printf "%s has a password and no username: set %s.username." $path $path) -}}
{{- end -}}
{{- end -}}
{{- with $values.kafka.sasl -}}
{{- $users := and $values.strimzi.users.enabled (eq $values.strimzi.users.authentication "scram-sha-512") -}}
{{- if and .mechanism (not $users) (or (not .username) (not (or .password .existingSecret))) -}}
{{- $problems = append $problems "kafka.sasl.mechanism is set: kafka.sasl.username and one of password and existingSecret are needed too." -}}
{{- end -}}
{{- if and (not .mechanism) (or .username .password .existingSecret) -}}
{{- $problems = append $problems "kafka.sasl has a username or a password and no mechanism: set kafka.sasl.mechanism." -}}
{{- end -}}
{{- if and $users (or .username .password .existingSecret) -}}
{{- $problems = append $problems "strimzi.users.enabled makes a user for each component: leave kafka.sasl.username, password and existingSecret empty." -}}
{{- end -}}
{{- if and (eq .mechanism "oauthbearer") (not .oauth.tokenUrl) -}}
{{- $problems = append $problems "kafka.sasl.mechanism is oauthbearer: set kafka.sasl.oauth.tokenUrl, where tokens come from." -}}
{{- end -}}
{{- if and (ne .mechanism "oauthbearer") (or .oauth.tokenUrl .oauth.scope .oauth.audience .oauth.extensions) -}}
{{- $problems = append $problems "kafka.sasl.oauth has no effect: set kafka.sasl.mechanism to oauthbearer." -}}
{{- end -}}
{{- if hasKey .oauth.extensions "auth" -}}
{{- $problems = append $problems "kafka.sasl.oauth.extensions names auth, which is the token itself: remove it." -}}
{{- end -}}
{{- if and .oauth.audience (eq $values.autoscaling.mode "keda") -}}
{{- $problems = append $problems "KEDA cannot ask for tokens with kafka.sasl.oauth.audience: set autoscaling.mode to hpa." -}}
{{- end -}}
{{- end -}}
{{- with $values.kafka.tls -}}
{{- if and (not .enabled) (or .caSecret .existingSecret) -}}
{{- $problems = append $problems "kafka.tls names certificates and is not enabled: set kafka.tls.enabled to true." -}}
{{- end -}}
{{- end -}}
{{- range $key := concat (list "ingress" "normalizer") (include "sluice.sinkKeys" . | fromJsonArray) (list "release" "toolbox") -}}
{{- with (index $values $key).kafka.sasl -}}
{{- if ne (empty .username) (empty .existingSecret) -}}
{{- $problems = append $problems (printf "%s.kafka.sasl needs username and existingSecret, both or none." $key) -}}
{{- end -}}
{{- if and .username (not $values.kafka.sasl.mechanism) -}}
{{- $problems = append $problems (printf "%s.kafka.sasl names a user: set kafka.sasl.mechanism too." $key) -}}
{{- end -}}
{{- end -}}
{{- if and (index $values $key).kafka.tls.existingSecret (not $values.kafka.tls.enabled) -}}
{{- $problems = append $problems (printf "%s.kafka.tls names a certificate: set kafka.tls.enabled to true." $key) -}}
{{- end -}}
{{- end -}}
{{- with $values.trust -}}
{{- if gt (len (compact (list .pem .existingSecret .existingConfigMap))) 1 -}}
{{- $problems = append $problems "trust has more than one of pem, existingSecret and existingConfigMap: keep one of them." -}}
{{- end -}}
{{- end -}}

{{- if $values.ingress.enabled -}}
{{- $name := printf "%s-ingress" (include "sluice.fullname" .) -}}
{{- $live := lookup "apps/v1" "StatefulSet" .Release.Namespace $name -}}
{{- $wanted := ternary $values.ingress.spool.size "0" (not (empty (include "sluice.spoolEnabled" .))) -}}
{{- $has := "0" -}}
{{- range dig "spec" "volumeClaimTemplates" list $live -}}
{{- $has = dig "spec" "resources" "requests" "storage" $has . -}}
{{- end -}}
{{- if and $live (ne (include "sluice.bytes" $has) (include "sluice.bytes" $wanted)) -}}
{{- $problems = append $problems (printf "ingress.spool has %s and its claims were made with %s: Kubernetes cannot change them in place. Follow \"A larger spool\" in docs/operations/recipes.md, or keep the size." $wanted $has) -}}
{{- end -}}
{{- end -}}

{{- with $values.tracing -}}
{{- if and .existingSecret (not .endpoint) -}}
{{- $problems = append $problems "tracing.existingSecret is set and nothing is traced: set tracing.endpoint too." -}}
{{- end -}}
{{- end -}}

{{- $needsSources := or $values.ingress.enabled $values.normalizer.enabled -}}
{{- with $values.sources -}}
{{- if and .existingSecret (or .list .files) -}}
{{- $problems = append $problems "sources.existingSecret and sources.list or sources.files are both set: keep one of them." -}}
{{- end -}}
{{- if and $needsSources (not .existingSecret) (not .list) -}}
{{- $problems = append $problems "There are no sources: name a Secret at sources.existingSecret, or list them at sources.list." -}}
{{- end -}}
{{- if hasKey .files "sources.yaml" -}}
{{- $problems = append $problems "sources.files must not have sources.yaml: that file is made of sources.list." -}}
{{- end -}}
{{- end -}}

{{- if ne $values.autoscaling.mode "none" -}}
{{- range $key := concat (list "ingress" "normalizer") (include "sluice.sinkKeys" . | fromJsonArray) -}}
{{- with (index $values $key).autoscaling -}}
{{- if gt (int .minReplicas) (int .maxReplicas) -}}
{{- $problems = append $problems (printf "%s.autoscaling.minReplicas is above maxReplicas." $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $values.autoscaling.lagMetric (ne $values.autoscaling.mode "hpa") -}}
{{- $problems = append $problems "autoscaling.lagMetric counts only with autoscaling.mode hpa: remove it, or set the mode." -}}
{{- end -}}

{{- if and (or (eq $values.topics.mode "strimzi") $values.strimzi.users.enabled) (not $values.strimzi.cluster) -}}
{{- $problems = append $problems "strimzi.cluster is empty: name the Kafka resource that topics and users belong to." -}}
{{- end -}}
{{- if and $values.strimzi.users.enabled (eq $values.topics.mode "job") -}}
{{- $problems = append $problems "strimzi.users.enabled goes with topics.mode strimzi or none: the Job has no user before the operator made one." -}}
{{- end -}}
{{- with $values.strimzi.users -}}
{{- if and .enabled (eq .authentication "scram-sha-512") (ne $values.kafka.sasl.mechanism "scram-sha-512") -}}
{{- $problems = append $problems "strimzi.users.enabled makes users with scram-sha-512: set kafka.sasl.mechanism to it." -}}
{{- end -}}
{{- if and .enabled (eq .authentication "tls") (or $values.kafka.sasl.mechanism (not $values.kafka.tls.enabled)) -}}
{{- $problems = append $problems "strimzi.users.authentication is tls: set kafka.tls.enabled to true, and leave kafka.sasl.mechanism empty." -}}
{{- end -}}
{{- end -}}
{{- if and (eq $values.release.mode "none") (eq $values.topics.mode "job") -}}
{{- $problems = append $problems "topics.mode job needs the release's Job: set release.mode to hook or plain, or topics.mode to none." -}}
{{- end -}}
{{- if and (eq $values.release.mode "none") $retentions -}}
{{- $problems = append $problems (printf "%s: the release's Job applies it. Set release.mode to hook or plain." (join " and " $retentions)) -}}
{{- end -}}

{{- if and $values.prometheusRule.enabled (not $values.prometheusRule.runbooks) -}}
{{- $problems = append $problems "prometheusRule.runbooks is empty: name the URL below which those who are called read docs/operations/runbooks, such as https://git.example.com/sluice/docs/operations/runbooks." -}}
{{- end -}}
{{- if and $values.httpIngress.enabled (not $values.httpIngress.hosts) -}}
{{- $problems = append $problems "httpIngress.hosts is empty: name at least one host." -}}
{{- end -}}
{{- if and $values.httpRoute.enabled (not $values.httpRoute.parentRefs) -}}
{{- $problems = append $problems "httpRoute.parentRefs is empty: name the Gateway." -}}
{{- end -}}
{{- if and (or $values.httpIngress.enabled $values.httpRoute.enabled) (not $values.ingress.enabled) -}}
{{- $problems = append $problems "httpIngress and httpRoute lead to ingress: set ingress.enabled to true." -}}
{{- end -}}
{{- if and (or $values.httpIngress.enabled $values.httpRoute.enabled) (not (hasKey ($values.ingress.settings | default dict) "trustProxy")) -}}
{{- $problems = append $problems "httpIngress and httpRoute put a proxy in front of ingress: set ingress.settings.trustProxy to how many proxies there are, or to their networks. Without it every push and every staff page has the proxy's address." -}}
{{- end -}}
{{- $settings := $values.ingress.settings | default dict -}}
{{- if and (eq (get $settings "proxyProtocol" | default "off") "on") (or $values.toolbox.enabled $values.test.source) (not $values.ingress.url) -}}
{{- $problems = append $problems "ingress.settings.proxyProtocol is on: the Service of ingress takes connections of the balancer alone. Set ingress.url to the address that vendors call." -}}
{{- end -}}
{{- if and $values.adopt.claims (not $values.ingress.spool.enabled) -}}
{{- $problems = append $problems "adopt.claims needs ingress.spool.enabled: it drains claims of the spool." -}}
{{- end -}}
{{- range $claim := $values.adopt.claims -}}
{{- $ordinal := regexFind "[0-9]+$" $claim -}}
{{- if and $values.ingress.enabled (eq $values.autoscaling.mode "none") (hasPrefix (printf "spool-%s-ingress-" (include "sluice.fullname" $)) $claim) (lt (int $ordinal) (int $values.ingress.replicas)) -}}
{{- $problems = append $problems (printf "adopt.claims names %s, whose pod belongs to the %d replicas: that pod drains it itself." $claim (int $values.ingress.replicas)) -}}
{{- end -}}
{{- end -}}

{{- /* What stands above must hold before an environment can be made. */}}
{{- if not $problems -}}
{{- range $key := (include "sluice.components" . | fromJson).components -}}
{{- $twice := include "sluice.twice" (include "sluice.serviceEnv" (list $ $key) | fromYamlArray) -}}
{{- range $name := $twice | splitList " " | compact -}}
{{- $problems = append $problems (printf "%s.extraEnv sets %s, which is set already: the chart does, by its values or %s.settings." $key $name $key) -}}
{{- end -}}
{{- end -}}
{{- if $values.toolbox.enabled -}}
{{- $twice := include "sluice.twice" (include "sluice.toolboxEnv" . | fromYamlArray) -}}
{{- range $name := $twice | splitList " " | compact -}}
{{- $problems = append $problems (printf "toolbox.extraEnv sets %s, which is set already: the chart does, by its values or ingress.extraEnv." $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- if $problems -}}
{{- fail (printf "\n\n%s\n" (join "\n" $problems)) -}}
{{- end -}}
{{- end -}}

{{/* The names that a list of variables has more than once, separated by blanks. */}}
{{- define "sluice.twice" -}}
{{- $names := list -}}
{{- range $variable := . -}}
{{- if has $variable.name $names }} {{ $variable.name }}{{ end -}}
{{- $names = append $names $variable.name -}}
{{- end -}}
{{- end -}}

{{- define "sluice.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What every object has. Given (list root component). Yours replace the chart's, and what pods are selected by stays. */}}
{{- define "sluice.labels" -}}
{{- $root := index . 0 -}}
{{- $chart := printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" -}}
{{- $own := dict "helm.sh/chart" $chart "app.kubernetes.io/version" $root.Chart.AppVersion -}}
{{- merge (include "sluice.podLabels" (append . dict) | fromYaml) $own | toYaml -}}
{{- end -}}

{{/*
What every pod has: nothing that changes with the version of the chart alone, since that would restart all of them. Given
(list root component labels).
*/}}
{{- define "sluice.podLabels" -}}
{{- $root := index . 0 -}}
{{- $selector := include "sluice.selector" . | fromYaml -}}
{{- $own := dict "app.kubernetes.io/managed-by" $root.Release.Service "app.kubernetes.io/part-of" "sluice" -}}
{{- merge $selector (deepCopy (index . 2)) $root.Values.commonLabels $own | toYaml -}}
{{- end -}}

{{/* What pods are selected by: never changes. Given a list that begins with root and component. */}}
{{- define "sluice.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride | trunc 63 }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "sluice.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "sluice.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "sluice.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $image.repository (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The enabled components by their keys in the values, in the order of the data. JSON: {components: […]}. */}}
{{- define "sluice.components" -}}
{{- $enabled := list -}}
{{- range $key := concat (list "ingress" "normalizer") (include "sluice.sinkKeys" . | fromJsonArray) (list "agentPanel") -}}
{{- if (index $.Values $key).enabled -}}
{{- $enabled = append $enabled $key -}}
{{- end -}}
{{- end -}}
{{- dict "components" $enabled | toJson -}}
{{- end -}}

{{/* The sinks, as files/sinks.json has them. JSON: a list of {key, store, settings, expiresByCommand}. */}}
{{- define "sluice.sinks" -}}
{{- .Files.Get "files/sinks.json" -}}
{{- end -}}

{{/* The keys of all sinks in the values. JSON: a list. */}}
{{- define "sluice.sinkKeys" -}}
{{- $keys := list -}}
{{- range include "sluice.sinks" . | fromJsonArray -}}
{{- $keys = append $keys .key -}}
{{- end -}}
{{- $keys | toJson -}}
{{- end -}}

{{/* The sinks that are enabled. JSON as of `sluice.sinks`. */}}
{{- define "sluice.enabledSinks" -}}
{{- $enabled := list -}}
{{- range include "sluice.sinks" . | fromJsonArray -}}
{{- if (index $.Values .key).enabled -}}
{{- $enabled = append $enabled . -}}
{{- end -}}
{{- end -}}
{{- $enabled | toJson -}}
{{- end -}}

{{/* The stores whose old events leave by a command, and that keep them for some time. JSON: a list of names. */}}
{{- define "sluice.expiredStores" -}}
{{- $stores := list -}}
{{- range include "sluice.enabledSinks" . | fromJsonArray -}}
{{- if and .expiresByCommand (index $.Values .store).retention -}}
{{- $stores = append $stores .store -}}
{{- end -}}
{{- end -}}
{{- $stores | toJson -}}
{{- end -}}

{{- define "sluice.spoolEnabled" -}}
{{- if and .Values.ingress.enabled .Values.ingress.spool.enabled -}}true{{- end -}}
{{- end -}}

{{- define "sluice.sourcesSecret" -}}
{{- default (printf "%s-sources" (include "sluice.fullname" .)) .Values.sources.existingSecret -}}
{{- end -}}

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

{{/* What every object has. Given (list root component). */}}
{{- define "sluice.labels" -}}
{{- $root := index . 0 -}}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/part-of: sluice
{{ include "sluice.selector" . }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What pods are selected by: never changes. Given (list root component). */}}
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
{{- range $key := list "ingress" "normalizer" "sinkClickhouse" "sinkElasticsearch" "agentPanel" -}}
{{- if (index $.Values $key).enabled -}}
{{- $enabled = append $enabled $key -}}
{{- end -}}
{{- end -}}
{{- dict "components" $enabled | toJson -}}
{{- end -}}

{{- define "sluice.spoolEnabled" -}}
{{- if and .Values.ingress.enabled .Values.ingress.spool.enabled -}}true{{- end -}}
{{- end -}}

{{- define "sluice.sourcesSecret" -}}
{{- default (printf "%s-sources" (include "sluice.fullname" .)) .Values.sources.existingSecret -}}
{{- end -}}

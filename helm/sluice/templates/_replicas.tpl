{{/*
What says how many pods a workload has: JSON of `replicas` and `annotations`. Given (list root key kind).

With autoscaling the number is the autoscaler's. A number that a release before set stays as it is on the server: without
it Kubernetes would go to 1 until the autoscaler acts. It cannot be left out later either, since Helm 3 would delete it.
A workload that never had one is marked, and gets none: a rollback then cannot take it back to an old number. Where there
is no server to ask (`helm template`), there is no number.
*/}}
{{- define "sluice.replicas" -}}
{{- $root := index . 0 -}}
{{- $key := index . 1 -}}
{{- $kind := index . 2 -}}
{{- $mark := dict "sluice/replicas" "of-the-autoscaler" -}}
{{- if or (eq $root.Values.autoscaling.mode "none") (eq $key "agentPanel") -}}
{{- dict "replicas" (index $root.Values $key).replicas "annotations" dict | toJson -}}
{{- else -}}
{{- $name := printf "%s-%s" (include "sluice.fullname" $root) (kebabcase $key) -}}
{{- $live := lookup "apps/v1" $kind $root.Release.Namespace $name -}}
{{- $isMarked := hasKey (dig "metadata" "annotations" dict $live) "sluice/replicas" -}}
{{- if or (not $live) $isMarked -}}
{{- dict "annotations" $mark | toJson -}}
{{- else -}}
{{- dict "replicas" (dig "spec" "replicas" 1 $live) "annotations" dict | toJson -}}
{{- end -}}
{{- end -}}
{{- end -}}

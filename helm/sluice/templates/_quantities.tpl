{{/* `10Gi` in bytes. */}}
{{- define "sluice.bytes" -}}
{{- $units := dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "K" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 -}}
{{- $unit := regexFind "[A-Za-z]+$" . -}}
{{- $number := trimSuffix $unit . | int64 -}}
{{- if $unit }}{{ mul $number (get $units $unit) }}{{ else }}{{ $number }}{{ end -}}
{{- end -}}

{{/* `7d` in ms. */}}
{{- define "sluice.milliseconds" -}}
{{- $units := dict "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 -}}
{{- $unit := regexFind "[a-z]$" . -}}
{{- mul (trimSuffix $unit . | int64) (get $units $unit) -}}
{{- end -}}

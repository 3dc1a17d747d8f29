#!/usr/bin/env bash
# Who may do what on the bus: the adapters and sharing write contributions, the timeline reads them, nobody else may do
# anything. Again does no harm.
set -euo pipefail
cat >/tmp/operator.properties <<PROPERTIES
security.protocol=SASL_SSL
sasl.mechanism=PLAIN
ssl.truststore.type=PEM
ssl.truststore.location=/certificates/ca.crt
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="operator" password="$BUS_OPERATOR_PASSWORD";
PROPERTIES

allow() {
  "${KAFKA_ACLS:-/opt/kafka/bin/kafka-acls.sh}" --bootstrap-server "${BUS_ADDRESS:-kafka:9092}" \
    --command-config /tmp/operator.properties --add --allow-principal "$@" >/dev/null
}
allow User:publisher --operation Write --operation Describe --topic contributions
allow User:timeline --operation Read --operation Describe --topic contributions
allow User:timeline --operation Read --group timeline.contributions
rm /tmp/operator.properties
echo 'The rights on the bus are as they should be.'

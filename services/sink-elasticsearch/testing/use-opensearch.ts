/** For a Jest project whose set-up started OpenSearch: what asks for Elasticsearch's address gets OpenSearch's. */
process.env.SLUICE_TEST_ENDPOINTS = JSON.stringify({
  elasticsearchUrl: process.env.SLUICE_TEST_OPENSEARCH_URL,
});

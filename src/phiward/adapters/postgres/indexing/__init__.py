"""From stored documents to what can be searched: checked for other patients, cut, made vectors of, packed, sealed."""

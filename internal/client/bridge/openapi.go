package bridge

import _ "embed"

// description is the path of the OpenAPI description, the one thing to GET.
const description = "/v1/openapi.json"

// openAPI is served as it is; doc/openapi.json is a link to it.
//
//go:embed openapi.json
var openAPI []byte

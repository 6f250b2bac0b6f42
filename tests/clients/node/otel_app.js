// A plain HTTP server traced by OpenTelemetry's Node SDK; the protocol comes from the environment.
const http = require("node:http");
const { metrics, trace, SpanKind } = require("@opentelemetry/api");
const { NodeSDK } = require("@opentelemetry/sdk-node");

const sdk = new NodeSDK();
sdk.start();

const tracer = trace.getTracer("node-shop");
const served = metrics.getMeter("node-shop").createCounter("requests");

const server = http.createServer((request, response) => {
  tracer.startActiveSpan("GET /work", { kind: SpanKind.SERVER }, (span) => {
    tracer.startActiveSpan("load", (child) => {
      child.setAttribute("app.rows", 3);
      child.end();
    });
    served.add(1, { route: "/work" });
    span.end();
    response.end("ok");
  });
});
server.listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => server.close(() => sdk.shutdown().finally(() => process.exit(0))));

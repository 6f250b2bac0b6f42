// An Express app traced by the X-Ray SDK for Node.
const AWSXRay = require("aws-xray-sdk-core");
const xrayExpress = require("aws-xray-sdk-express");
const express = require("express");

const app = express();
app.use(xrayExpress.openSegment("node-shop"));
app.get("/work", (request, response) => {
  AWSXRay.captureAsyncFunc("load", (subsegment) => {
    subsegment.addAnnotation("rows", 3);
    subsegment.addMetadata("query", { text: "select 1" }, "db");
    subsegment.close();
    response.json({ ok: true });
  });
});
app.get("/many", (request, response) => {
  for (let number = 0; number < 150; number++) {
    AWSXRay.captureFunc(`step-${number}`, () => undefined);
  }
  response.json({ ok: true });
});
app.get("/fail", () => {
  throw new Error("no such shop");
});
app.use(xrayExpress.closeSegment());

const server = app.listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => server.close(() => process.exit(0)));

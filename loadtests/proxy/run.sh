#!/bin/sh
# Measures what the gateway adds to a call beside nginx, haproxy, a bare YARP, .NET's bare server and client, and the npm package @portkey-ai/gateway, and writes
# loadtests/results/proxy-overhead.md. Needs Debian's nginx, haproxy, wrk, gcc, python3 and, for Portkey, npm. Takes under ten minutes.
set -eu
cd "$(dirname "$0")/../.."
dotnet build -c Release -m:1 -v quiet src/Gateway.Server
exec python3 loadtests/proxy/measure.py "$@"

# docker build -t reward-gateway .                                   CPU
# docker build --target gpu -t reward-gateway:gpu .                  CUDA; run with --gpus all
# docker run -p 8080:8080 -v /my/models:/app/models:ro reward-gateway
# There is no HEALTHCHECK, since the images have no HTTP client: let the orchestrator ask /healthz (alive) and /readyz (ready).

# The CUDA and cuDNN major versions must be those that this version of Microsoft.ML.OnnxRuntime.Gpu was built for.
ARG CUDA_IMAGE=nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS source
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/ src/

FROM source AS build-cpu
RUN dotnet restore src/Gateway.Server --locked-mode \
 && dotnet publish src/Gateway.Server -c Release --no-restore -o /app

# The lock files describe the CPU package, so this restore goes beside them, unlocked (Directory.Build.props).
FROM source AS build-gpu
RUN dotnet publish src/Gateway.Server -c Release -p:OnnxRuntime=Gpu -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS aspnet

FROM ${CUDA_IMAGE} AS gpu
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libssl3t64 libstdc++6 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1654 --user-group --no-create-home --shell /usr/sbin/nologin app
COPY --from=aspnet /usr/share/dotnet/ /usr/share/dotnet/
WORKDIR /app
COPY --from=build-gpu /app ./
COPY models/ models/
COPY principles/ principles/
ENV Urls=http://0.0.0.0:8080 \
    Gateway__Onnx__Provider=Cuda
USER 1654
EXPOSE 8080
ENTRYPOINT ["/usr/share/dotnet/dotnet", "Gateway.Server.dll"]

# Last, and so what is built where no target is named.
FROM aspnet AS cpu
WORKDIR /app
COPY --from=build-cpu /app ./
COPY models/ models/
COPY principles/ principles/
# ASPNETCORE_HTTP_PORTS is the base image's own way to say the same; empty, it raises no warning.
ENV Urls=http://0.0.0.0:8080 \
    ASPNETCORE_HTTP_PORTS=
USER 1654
EXPOSE 8080
ENTRYPOINT ["dotnet", "Gateway.Server.dll"]

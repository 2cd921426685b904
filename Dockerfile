# A small image: the program alone, as a user without rights, with its data in /data.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -tags nomsgpack -ldflags="-s -w" -o /snowdrop ./cmd/snowdrop \
 && mkdir -m 0700 /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /snowdrop /snowdrop
COPY --from=build --chown=nonroot:nonroot /data /data
ENV SNOWDROP_ADDR=0.0.0.0:8080 SNOWDROP_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/snowdrop"]

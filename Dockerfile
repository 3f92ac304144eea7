# The example API in a small image: docker build -t book-api . && docker run -p 8000:8000 book-api
FROM rust:1-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked -p book-api

FROM debian:bookworm-slim
RUN useradd --create-home --uid 10001 app
USER app
WORKDIR /home/app
COPY --from=build /src/target/release/book-api /usr/local/bin/book-api
ENV HOST=0.0.0.0 PORT=8000
EXPOSE 8000
CMD ["book-api"]

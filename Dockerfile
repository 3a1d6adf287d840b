# Everything that building and testing need, for machines that are not Debian: docker build -t mini-llm . && docker run
# --rm -it -p 8080:8080 -v "$PWD:/mini-llm" mini-llm npm start
FROM node:22-trixie-slim
COPY tools/packages /tmp/packages
RUN apt-get update && \
    apt-get install -y --no-install-recommends ca-certificates git chromium fonts-noto-cjk fonts-noto-color-emoji \
      $(cat /tmp/packages/*.txt) && \
    rm -rf /var/lib/apt/lists/*
ENV HOST=0.0.0.0
WORKDIR /mini-llm

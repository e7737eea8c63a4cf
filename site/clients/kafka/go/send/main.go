// region: send
package main

import (
	"context"
	"log"
	"os"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	// Acknowledged by all replicas in sync, and idempotent, unless told otherwise.
	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(os.Getenv("MQLAB_URL"), ",")...))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	record := &kgo.Record{Topic: "your-topic", Key: []byte("greeting"), Value: []byte("Hello from Go")}
	if err := client.ProduceSync(context.Background(), record).FirstErr(); err != nil {
		log.Fatal(err)
	}
}

// endregion
